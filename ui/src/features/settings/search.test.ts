import i18next from "i18next";
import { beforeEach, expect, test } from "vitest";
import { startI18n } from "../../app/i18n";
import "../../test/show";
import { find, wordsOf } from "./search";
import { marksIn } from "./useMarks";

const all = () => true;
const found = (query: string) => [...(find(i18next.t, query, all)?.ids ?? [])];

beforeEach(async () => {
  if (!i18next.isInitialized) await startI18n("en");
  await i18next.changeLanguage("en");
});

test("nothing typed, or signs alone, searches for nothing", () => {
  expect(find(i18next.t, "", all)).toBeNull();
  expect(find(i18next.t, " … ", all)).toBeNull();
});

test("a setting is found by its title, its explanation, what can be chosen, and words that people have for it", () => {
  expect(found("how many to keep")).toEqual(["backup-keep"]);
  expect(found("synchronised")).toEqual(["backup-folder"]);
  expect(found("weekly")).toEqual(["backup-every"]);
  expect(found("dark")).toEqual(["theme"]);
  expect(found("autostart")).toEqual(["session-start"]);
  expect(found("GDPR")).toEqual(["retention", "client-data"]);
});

test("a card's or a section's name finds all that is in it", () => {
  expect(found("backup").filter((id) => id.startsWith("backup-"))).toEqual(["backup-now", "backup-folder", "backup-every", "backup-keep", "backup-encrypt", "backup-files"]);
  expect(found("security")).toContain("second-storno");
});

test("every word must fit, each from its beginning", () => {
  expect(found("backup folder")).toEqual(["backup-folder"]);
  expect(found("folder sandwich")).toEqual([]);
  // a part within a word is none: `port` is not in `support`
  expect(found("port")).toContain("listener-port");
  expect(found("port")).not.toContain("support-days");
});

test("Romanian is found with and without its diacritics, and not by English words", async () => {
  await i18next.changeLanguage("ro");
  expect(found("copie de siguranta")).toEqual(found("copie de siguranță"));
  expect(found("SIGURANŢĂ")).toEqual(found("siguranta"));
  expect(found("intunecat")).toEqual(["theme"]);
  expect(found("chitanta")).toContain("flow-receipts");
  expect(found("weekly")).toEqual([]);
});

test("what is set on other screens is found, too", () => {
  expect(found("write back")).toEqual(["flow-write-back"]);
  expect(found("polling")).toEqual(["listener-enabled", "schedule"]);
  expect(found("efactura")).toEqual(["alert-einvoice_deadline", "flow-einvoice"]);
});

test("what is not on the screen is not counted", () => {
  expect(find(i18next.t, "autostart", ({ card }) => card !== "desktop")?.ids.size).toBe(0);
});

test("a compound is its words", () => {
  expect(wordsOf("e-Factura, Cană")).toEqual(["e", "factura", "cana"]);
});

test("marks stand on the letters as they are written", () => {
  const text = "Copie de siguranță, nesigură";
  expect(marksIn(text, ["siguranta"]).map(([from, to]) => text.slice(from, to))).toEqual(["siguranță"]);
  expect(marksIn("Backups and backup", ["backup"])).toEqual([[0, 6], [12, 18]]);
  expect(marksIn("", ["a"])).toEqual([]);
});
