import { expect, test } from "@playwright/test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { serve } from "../desk";

/** What the screens keep of a million rows: WebKitGTK does not tell it, Chromium does. */
test("the heap after the list of a million rows was gone about in", async ({ page }) => {
  const seeded = process.env.PUNTE_SEEDED ?? "";
  const home = await mkdtemp(path.join(tmpdir(), "punte-heap-"));
  const { program, url } = await serve(home, ["--workspace", seeded]);
  await page.goto(url);
  await page.getByTestId("lang-en").click();
  await page.getByTestId("nav-invoices").click();
  await expect(page.getByTestId("desk-summary")).toContainText("1,000,000", { timeout: 120_000 });
  const desk = page.getByTestId("desk");
  for (let at = 1; at <= 100; at += 1) {
    await desk.evaluate((element, share) => (element.scrollTop = element.scrollHeight * share), ((at * 37) % 101) / 101);
    await expect(desk).toHaveAttribute("data-settled", "true");
    await page.waitForTimeout(200);
  }
  const chrome = await page.context().newCDPSession(page);
  await chrome.send("HeapProfiler.collectGarbage");
  await chrome.send("Performance.enable");
  const { metrics } = await chrome.send("Performance.getMetrics");
  const used = metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? Number.NaN;
  await writeFile(process.env.PUNTE_HEAP ?? "heap.txt", (used / 1024 / 1024).toFixed(1));
  program.kill("SIGTERM");
  await rm(home, { recursive: true, force: true });
});
