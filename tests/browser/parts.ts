import path from "node:path";
import { audit } from "./audit";
import { type Desk, look, looks, pictures, settle, test } from "./desk";

/** What opens over a screen or inside it. */
export interface Part {
  name: string;
  open: (desk: Desk) => Promise<void>;
  /** Where Escape does not close it. */
  close?: (desk: Desk) => Promise<void>;
}

/** Each part in every language and theme: pictured, and held to WCAG 2.2 AA. */
export function lookAt(what: string, parts: Part[]) {
  for (const [language, theme] of looks) {
    test(`${what} stands up to WCAG 2.2 AA, ${language} ${theme}`, async ({ desk }) => {
      // every part is audited whole
      test.slow();
      await look(desk, language, theme);
      for (const { name, open, close } of parts) {
        await open(desk);
        await settle(desk.page);
        await desk.page.screenshot({ path: path.join(pictures, `${language}-${theme}-${name}.png`) });
        await audit(desk, name);
        await close?.(desk);
        await desk.page.keyboard.press("Escape");
        await settle(desk.page);
      }
    });
  }
}
