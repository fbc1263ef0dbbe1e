import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { expect, test } from "vitest";
import type { FieldInfo } from "../../../api/generated/api";
import { ids } from "../../lib/testids";
import { show } from "../../../test/show";
import { FilterForm } from "./FilterForm";

const total = { name: "total", aliases: [], kind: "amount", values: [] } as unknown as FieldInfo;

test("bounds of an amount stand in the language of the window, and in the search with a point", async () => {
  const told: (string | null)[] = [];
  await show(<FilterForm field={total} value="100.50..2000" onChange={(value) => told.push(value)} />, {});
  await act(() => i18next.changeLanguage("ro"));
  const [low, high] = screen.getAllByRole("textbox");
  if (!low || !high) throw new Error("no bounds");
  expect(low).toHaveValue("100,50");
  await userEvent.clear(low);
  await userEvent.type(low, "1.000");
  await userEvent.clear(high);
  await userEvent.type(high, "1x");
  await userEvent.click(screen.getByTestId(ids.filterApply));
  expect(told, "what is no amount is not searched").toEqual([]);
  await userEvent.clear(high);
  await userEvent.type(high, "1.234,56");
  await userEvent.click(screen.getByTestId(ids.filterApply));
  expect(told).toEqual(["1000..1234.56"]);
  await act(() => i18next.changeLanguage("en"));
});
