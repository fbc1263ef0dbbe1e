import { defineConfig } from "@playwright/test";

/** Chromium as the system has it. Two files at a time, each time with a program and a home of their own; in a file one test after another. */
export default defineConfig({
  testDir: ".",
  testIgnore: "bench/**",
  fullyParallel: false,
  workers: 2,
  retries: 0,
  timeout: 300_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  outputDir: "../../target/browser",
  use: {
    channel: undefined,
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "Europe/Bucharest",
    launchOptions: {
      executablePath: process.env.PUNTE_CHROMIUM ?? "/usr/bin/chromium",
      // as root, in a container
      args: ["--no-sandbox", "--disable-gpu"],
    },
  },
});
