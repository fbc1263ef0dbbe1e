import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { useState } from "react";
import { expect, test } from "vitest";
import { ids } from "../../shared/lib/testids";
import { show } from "../../test/show";
import { Defaults } from "./Defaults";
import { suggested } from "./samples";

test("a rate of VAT is typed as Romanian writes it, and kept with a point", async () => {
  let last = suggested;
  function Form() {
    const [columns, setColumns] = useState({ ...suggested, vatRate: null as string | null });
    last = columns;
    return <Defaults columns={columns} choose={(next) => setColumns({ ...next })} />;
  }
  await show(<Form />, {});
  await act(() => i18next.changeLanguage("ro"));
  const rate = screen.getByTestId(ids.importDefault("rate"));
  await userEvent.type(rate, "9,5");
  expect(rate).toHaveValue("9,5");
  expect(last.vatRate).toBe("9.5");
  await userEvent.clear(rate);
  expect(last.vatRate).toBeNull();
  await act(() => i18next.changeLanguage("en"));
});
