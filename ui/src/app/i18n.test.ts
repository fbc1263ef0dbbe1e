import { expect, test } from "vitest";
import { app } from "../test/samples";
import { languageOf, systemLanguage } from "./i18n";

test("a screen speaks what was chosen, else what the program was started with, else what the system does", () => {
  expect(systemLanguage()).toBe("en");
  expect(languageOf({ ...app, language: null })).toBe("en");
  expect(languageOf({ ...app, language: null, startLanguage: "ro" })).toBe("ro");
  expect(languageOf({ ...app, language: "en", startLanguage: "ro" })).toBe("en");
});
