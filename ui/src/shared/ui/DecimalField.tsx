import { TextInput, type TextInputProps } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isSameNumber, parseNumber, writeNumber } from "../lib/numbers";
import { useFormat } from "./useFormat";

interface Props extends Omit<TextInputProps, "value" | "onChange" | "error" | "inputMode"> {
  /** Decimal text with a point, or what was typed last where that is no number. */
  value: string;
  onValue: (value: string) => void;
  /** Most decimals. */
  decimals?: number;
  signed?: boolean;
  /** What is wrong with a number that was read well. */
  error?: string;
  /** Whoever is told of it refused it: it is said here in words. */
  refused?: boolean;
  /** A number that would be right, with a point. */
  example?: string;
  "data-testid"?: string;
}

/** A number that a person types, in the language of the screen; everything behind it has it with a point. */
export function DecimalField({ value, onValue, decimals = 2, signed, error, refused, example, ...rest }: Props) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const [typed, setTyped] = useState<string | null>(null);
  const read = (text: string) => parseNumber(text, language, { decimals, signed });
  // what stands there otherwise, by another's hand, takes the place of what was typed
  const isTyped = typed !== null && isSameNumber(read(typed) ?? typed, value);
  const shown = isTyped ? typed : writeNumber(value, language);
  const wrong = shown.trim() !== "" && read(shown) === null;
  const right = example ?? (decimals === 0 ? "15" : "500.50");
  return (
    <TextInput
      {...rest}
      inputMode={decimals === 0 ? "numeric" : "decimal"}
      value={shown}
      error={wrong || refused ? t("common.wrongNumber", { example: writeNumber(right, language) }) : error}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        onValue(read(text) ?? text);
      }}
      // it is shown then as it was read
      onBlur={() => setTyped(null)}
    />
  );
}
