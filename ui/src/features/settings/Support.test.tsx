import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import type { SupportPreview } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { wrongs } from "../../test/axe";
import { errorOf, show } from "../../test/show";
import { Support } from "./Support";

const about = { name: "about.json", text: '{"program":"0.1.0"}', bytes: 19, masked: 0, isCut: false };
const log = { name: "log.jsonl", text: '{"error":"no client •••"}\n', bytes: 30, masked: 1, isCut: true };
const preview: SupportPreview = { id: "sup_1", parts: [about, log], bytes: 49 };
const file = { name: "punte-support.zip", mediaType: "application/zip", base64: "UEs=" };

afterEach(() => vi.restoreAllMocks());

async function previewed(more = {}) {
  const shown = await show(<Support />, { "support.preview": preview, "support.save": file, ...more });
  expect(screen.queryByTestId(ids.supportSave)).toBeNull();
  await userEvent.click(screen.getByTestId(ids.supportPreview));
  await screen.findByTestId(ids.supportSave);
  return shown;
}

test("nothing can be saved before it was seen, and each part is there to be read whole", async () => {
  const { calls, t } = await previewed();
  expect(calls[0]).toEqual({ command: "support.preview", request: { days: 3, webview: navigator.userAgent } });
  const part = screen.getByTestId(ids.supportPart("log"));
  expect(part).toHaveTextContent(t("support.part.log"));
  expect(part).toHaveTextContent("1 place masked");
  expect(part).toHaveTextContent(t("support.cut"));
  expect(screen.getByTestId(ids.supportPart("about"))).toHaveTextContent(t("support.nothingMasked"));
  await userEvent.click(within(part).getByRole("button"));
  expect(screen.getByTestId(ids.supportText("log"))).toHaveTextContent('{"error":"no client •••"}');
  expect(await wrongs()).toEqual([]);
});

test("what was shown is what is saved", async () => {
  const saved = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
  URL.createObjectURL = () => "blob:x";
  const { calls, t } = await previewed();
  await userEvent.click(screen.getByTestId(ids.supportSave));
  expect(await screen.findByText(t("support.saved"))).toBeVisible();
  expect(calls.at(-1)).toEqual({ command: "support.save", request: { id: "sup_1" } });
  expect(saved).toHaveBeenCalledOnce();
});

test("what is not kept any more is made anew", async () => {
  const gone = () => {
    throw errorOf("not_now", "preview_gone");
  };
  const { t } = await previewed({ "support.save": gone });
  await userEvent.click(screen.getByTestId(ids.supportSave));
  expect(await screen.findByText(t("support.gone"))).toBeVisible();
  expect(screen.getByTestId(ids.supportPreview)).toHaveTextContent(t("support.again"));
});

test("a long part begins with its newest lines, and what is before them is asked for", async () => {
  const long = { ...log, text: `first\n${"x".repeat(250_000)}\nlast\n` };
  const { t } = await previewed({ "support.preview": { ...preview, parts: [long] } });
  await userEvent.click(within(screen.getByTestId(ids.supportPart("log"))).getByRole("button"));
  const text = screen.getByTestId(ids.supportText("log"));
  expect(text.textContent).toMatch(/last\n$/);
  expect(text.textContent).not.toContain("first");
  await userEvent.click(screen.getByText(t("log.more")));
  await waitFor(() => expect(text.textContent).toContain("first"));
});
