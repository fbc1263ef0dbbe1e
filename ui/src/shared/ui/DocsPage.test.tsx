import { act, screen } from "@testing-library/react";
import i18next from "i18next";
import { expect, test } from "vitest";
import { show } from "../../test/show";
import { DocsPage } from "./DocsPage";

test("a page of the documents is named in the language of the screen", async () => {
  await show(<DocsPage lead="More:" page="docs/imports.md" />, {});
  expect(screen.getByText("docs/imports.md")).toBeVisible();
  await act(() => i18next.changeLanguage("ro"));
  expect(screen.getByText("docs/ro/imports.md")).toBeVisible();
});
