import { act, cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { useState } from "react";
import { expect, test } from "vitest";
import { show } from "../../test/show";
import { DecimalField } from "./DecimalField";

function Form({ told }: { told: string[] }) {
  const [value, setValue] = useState("0.5");
  const set = (next: string) => {
    told.push(next);
    setValue(next);
  };
  return <DecimalField label="Amount" value={value} onValue={set} />;
}

async function form(language: "ro" | "en") {
  const told: string[] = [];
  await show(<Form told={told} />, {});
  await act(() => i18next.changeLanguage(language));
  const field = screen.getByLabelText("Amount");
  return { told, field };
}

test("what is typed stays as it is typed, goes out with a point, and is shown as it was read once one leaves it", async () => {
  const { told, field } = await form("ro");
  expect(field).toHaveValue("0,5");
  await userEvent.clear(field);
  await userEvent.type(field, "1.000,50");
  expect(field).toHaveValue("1.000,50");
  expect(told.at(-1)).toBe("1000.50");
  await userEvent.tab();
  expect(field).toHaveValue("1000,50");
});

test("an amount pasted as each language writes it comes out right", async () => {
  for (const [language, text] of [["ro", "1.234,56"], ["en", "1,234.56"]] as const) {
    const { told, field } = await form(language);
    await userEvent.clear(field);
    await userEvent.paste(text);
    expect(told.at(-1)).toBe("1234.56");
    expect(field).not.toHaveAttribute("aria-invalid");
    cleanup();
  }
});

test("what is no number is said at the field with one that would be, and is not lost", async () => {
  const { told, field } = await form("ro");
  await userEvent.clear(field);
  await userEvent.type(field, "5oo");
  expect(told.at(-1)).toBe("5oo");
  expect(screen.getByText("Scrieți un număr, de exemplu 500,50.")).toBeVisible();
  await userEvent.tab();
  expect(field).toHaveValue("5oo");
});
