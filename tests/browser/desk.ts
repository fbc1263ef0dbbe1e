import { test as base, expect, type Page } from "@playwright/test";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const data = path.join(repository, "tests/data");
export const pictures = path.join(repository, "target/screens/browser");

/** `punte-cli serve` with a home of its own, and a page that has opened its address. */
export interface Desk {
  page: Page;
  home: string;
  /** The element of a test id. */
  at: (id: string) => ReturnType<Page["getByTestId"]>;
}

export async function serve(home: string, more: string[] = []): Promise<{ program: ChildProcess; url: string }> {
  const binary = process.env.PUNTE_CLI ?? path.join(repository, "target/debug/punte-cli");
  const program = spawn(binary, ["--home", home, "--lang", "en", ...more, "serve", "--port", "0"], {
    env: { ...process.env, PUNTE_HOME: home, PUNTE_MACHINE_ID: "browser tests" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    program.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+\/\S*#\S+/.exec(said);
      if (found) resolve(found[0]);
    });
    program.on("exit", (code) => reject(new Error(`punte-cli serve ended with ${code}: ${said}`)));
  });
  return { program, url };
}

/** One home and one sandbox for each worker: its files share them, one after another. */
export const test = base.extend<{ desk: Desk }, { served: { home: string; url: string } }>({
  served: [
    async ({}, use) => {
      const home = await mkdtemp(path.join(tmpdir(), "punte-browser-"));
      const { program, url } = await serve(home);
      await use({ home, url });
      const ended = new Promise((resolve) => program.once("exit", resolve));
      program.kill("SIGTERM");
      await ended;
      await rm(home, { recursive: true, force: true });
    },
    { scope: "worker" },
  ],
  desk: async ({ page, served }, use) => {
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("response", (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await page.goto(served.url);
    const at = (id: string) => page.getByTestId(id);
    await expect(at("app-root")).toBeVisible();
    await expect(at("start-sandbox").or(at("nav-overview"))).toBeVisible();
    if (await at("start-sandbox").isVisible()) {
      await at("lang-en").click();
      await at("start-sandbox").click();
      await expect(at("nav-count-failures")).toHaveText("5", { timeout: 60_000 });
    }
    await use({ page, home: served.home, at });
    expect(complaints, "the page complained").toEqual([]);
  },
});

export { expect };

/** Chooses language and theme, and lets fonts, transitions and charts come to rest. */
export async function look({ page, at }: Desk, language: string, theme: string) {
  await at(`lang-${language}`).click();
  // the button offers the other one
  const shown = await page.evaluate(() => document.documentElement.dataset.mantineColorScheme);
  if (shown !== theme) await at(`theme-${theme}`).click();
  await expect(page.locator(`html[data-mantine-color-scheme="${theme}"]`)).toBeAttached();
  await settle(page);
}

export async function settle(page: Page) {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(350);
}

/** Opens what Ctrl+K opens: the cursor is in it a moment later. */
export async function typeIntoPalette(page: Page, text: string) {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByRole("textbox")).toBeFocused();
  await page.keyboard.type(text);
}

/** Moves files over the page as a mouse would that holds them. */
export async function dropped(page: Page, what: "dragenter" | "dragover" | "dragleave" | "drop", names: string[], text: string) {
  const held = await page.evaluateHandle(
    ([of, inside]) => {
      const transfer = new DataTransfer();
      for (const name of of) transfer.items.add(new File([inside], name, { type: "text/csv" }));
      return transfer;
    },
    [names, text] as const,
  );
  await page.dispatchEvent("body", what, { dataTransfer: held });
}

export const looks = [
  ["en", "light"],
  ["en", "dark"],
  ["ro", "light"],
  ["ro", "dark"],
] as const;
