import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FunctionInfo, RuleProblem } from "../../../api/generated/api";
import { fieldOf, sectionOf, type Spot } from "../model/document";

/** The editor's words for what the host names by codes. */
export function useWords() {
  const { t, i18n } = useTranslation();
  return useMemo(() => {
    const problemKey = ({ code }: RuleProblem) => (i18n.exists(`editor.problem.${code}.what`) ? code : "other");
    const field = (name: string) => t(`editor.field.${name}`, { defaultValue: name });
    const group = (id: string) => t(`editor.group.${id}`, { defaultValue: id });
    return {
      field,
      group,
      /** `Client: name` */
      spot: (spot: Spot) => `${group(spot.block ?? sectionOf(spot) ?? spot.target)}: ${field(fieldOf(spot))}`,
      what: (problem: RuleProblem) => t(`editor.problem.${problemKey(problem)}.what`, { detail: problem.detail }),
      fix: (problem: RuleProblem) => t(`editor.problem.${problemKey(problem)}.fix`, { detail: problem.detail }),
      place: ({ line, column }: RuleProblem) => (line === null ? null : t("editor.at", { line, column: column ?? 1 })),
      help: (functions: FunctionInfo[], name: string) => {
        const found = functions.find((one) => one.name === name);
        const text = t(`editor.function.${name}`, { defaultValue: "" });
        return found || text ? { text, example: found ? `${found.example} = ${found.result}` : "" } : null;
      },
    };
  }, [t, i18n]);
}

/** The field of a draft in words: `Client: city`, `Line 2: VAT rate`. */
export function useFieldName() {
  const { t } = useTranslation();
  const words = useWords();
  return (field: string): string => {
    const line = /^lines\[(\d+)\](?:\.(\w+))?$/.exec(field);
    if (line) {
      const number = Number(line[1]);
      return line[2] ? t("editor.lineField", { number, field: words.field(line[2]) }) : t("editor.line", { number });
    }
    const [section = "", name] = field.split(".");
    return name === undefined ? words.field(section) : words.spot({ block: null, target: field });
  };
}
