import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { catalogues } from "../../shared/i18n/catalogues";
import { ids } from "../../shared/lib/testids";
import { wrongs } from "../../test/axe";
import { alone, asAdmin } from "../../test/people";
import { settingsAnswers } from "../../test/settings";
import { show } from "../../test/show";
import { CARDS, CATALOGUE, isSetting, SECTIONS, SETTINGS, textOf } from "./catalogue";
import defaults from "./defaults.json";
import { SettingsScreen } from "./SettingsScreen";

const text = (language: "en" | "ro", key: string) => key.split(".").reduce<unknown>((tree, step) => (tree as Record<string, unknown>)?.[step], catalogues[language]);
const isThere = (language: "en" | "ro", key: string) => typeof (text(language, key) ?? text(language, `${key}_other`)) === "string";

/** All of the screen, as an administrator of a sandbox with people sees it. */
async function whole(address = "/settings", more = {}) {
  const shown = await show(<SettingsScreen />, { ...settingsAnswers, "session.get": asAdmin, ...more }, address);
  await screen.findByTestId(ids.backup("folder"));
  await screen.findByTestId(ids.guard("save"));
  await screen.findByTestId(ids.alertRulesSave);
  await screen.findByTestId(ids.retention);
  await screen.findByTestId(ids.desktopField("close"));
  await screen.findByTestId("sandbox-faults");
  await screen.findByText("Opened with your session at the computer.");
  return shown;
}

const setting = (id: string) => document.querySelector<HTMLElement>(`[data-setting="${id}"]`);

test("every setting has a name of its own, and words for all that is said of it in both languages", () => {
  expect(new Set(SETTINGS.map(({ id }) => id)).size).toBe(SETTINGS.length);
  const keys = SETTINGS.flatMap((one) => [one.title, textOf(one), `setting.also.${one.id}`, typeof one.usual === "string" ? one.usual : one.usual?.[0]]);
  keys.push(...Object.values(CARDS).map(({ title }) => title), ...SECTIONS.map((section) => `setting.section.${section}`));
  for (const language of ["en", "ro"] as const) {
    expect(keys.filter((key) => key !== undefined && !isThere(language, key)), language).toEqual([]);
    // and none is left behind by a setting that is gone
    const also = Object.keys(text(language, "setting.also") as object);
    expect(also.filter((id) => !isSetting(id)), language).toEqual([]);
    const own = Object.keys(text(language, "setting.text") as object);
    expect(own.filter((id) => !SETTINGS.some((one) => one.id === id && textOf(one) === `setting.text.${id}`)), language).toEqual([]);
  }
  expect(Object.keys(defaults).filter((id) => !isSetting(id))).toEqual([]);
});

test("every control of the screen belongs to a setting of the catalogue, and every setting is on it", async () => {
  await whole();
  const list = document.querySelector(".settings-list");
  const controls = [...(list?.querySelectorAll("input, select, textarea") ?? [])];
  expect(controls.length).toBeGreaterThan(40);
  const loose = controls.filter((one) => !isSetting(one.closest("[data-setting]")?.getAttribute("data-setting") ?? ""));
  expect(loose.map((one) => one.outerHTML.slice(0, 160))).toEqual([]);
  expect(CATALOGUE.filter(({ id }) => setting(id) === null).map(({ id }) => id)).toEqual([]);
  expect(await wrongs()).toEqual([]);
});

test("what is set says its default, which is that of the engine", async () => {
  await whole();
  const said = (id: string) => within(setting(id) as HTMLElement).getAllByText(/^Default: /)[0]?.textContent;
  expect(said("backup-every")).toBe("Default: Daily");
  expect(said("backup-keep")).toBe("Default: 14 backups");
  expect(said("lock-after")).toBe("Default: after 15 minutes");
  expect(said("retention")).toBe("Default: 24 months");
  expect(said("on-close")).toBe("Default: Ask");
  expect(said("alert-in_doubt")).toBe("Default: on · minutes: 60");
  expect(said("alert-connection_reconnect")).toBe("Default: on · In quiet hours, too");
  expect(said("alert-quiet")).toBe("Default: off; where they are on, 22:00 to 07:00");
  const silent = SETTINGS.filter((one) => !("act" in one && one.act) && !one.leads && !setting(one.id)?.textContent?.includes("Default: "));
  expect(silent.map(({ id }) => id)).toEqual([]);
});

test("what differs from its default says so, and goes back to it", async () => {
  const app = { ...settingsAnswers["app.get"], theme: "dark" };
  const backup = { ...settingsAnswers["backup.get"], keep: 30 };
  const { calls, t } = await whole("/settings", { "app.get": app, "backup.get": backup, "app.set_preferences": app, "backup.set": backup });
  expect(setting("theme")).toHaveTextContent(t("setting.changed"));
  expect(setting("backup-every")).not.toHaveTextContent(t("setting.changed"));
  await userEvent.click(screen.getByTestId(ids.settingBack("theme")));
  expect(calls).toContainEqual({ command: "app.set_preferences", request: { language: null, theme: "system" } });
  // of a form it is typed in, and kept with the rest of it
  await userEvent.click(screen.getByTestId(ids.settingBack("backup-keep")));
  expect(screen.getByTestId(ids.backup("keep"))).toHaveValue("14");
  expect(screen.queryByTestId(ids.settingBack("backup-keep"))).toBeNull();
  expect(calls.some(({ command }) => command === "backup.set")).toBe(false);
  // what guards against others is not loosened by a press
  expect(screen.queryByTestId(ids.settingBack("second-storno"))).toBeNull();
});

test("a search leaves what fits, counts it, and Escape shows all again", async () => {
  const { t, place } = await whole();
  const field = screen.getByTestId(ids.search);
  await userEvent.type(field, "backup folder{Enter}");
  expect(await screen.findByTestId(ids.settingsFound)).toHaveTextContent("1 setting for “backup folder”.");
  expect(setting("backup-folder")).toBeVisible();
  expect(setting("backup-keep")).not.toBeVisible();
  expect(setting("theme")).not.toBeVisible();
  expect(screen.getByTestId(ids.settingsSection("data"))).toHaveTextContent("1");
  expect(screen.queryByTestId(ids.settingsSection("computer"))).toBeNull();
  expect(place()).toContain("q=");
  await userEvent.type(field, "{Escape}");
  await waitFor(() => expect(setting("theme")).toBeVisible());
  expect(field).toHaveValue("");
  await userEvent.type(field, "sandwich{Enter}");
  expect(await screen.findByText(t("setting.noneFound", { query: "sandwich" }))).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.settingsAll));
  expect(await screen.findByTestId(ids.settingsSection("computer"))).toBeVisible();
});

test("what is set elsewhere leads there", async () => {
  const { place } = await whole("/settings?q=write%20back");
  expect(setting("flow-write-back")).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.settingsLead("flow-write-back")));
  await waitFor(() => expect(place()).toBe("/connections"));
});

test("a section is chosen at the side, and an address may mean one, or a card by the name that alerts use", async () => {
  const seen: (string | null)[] = [];
  Element.prototype.scrollIntoView = vi.fn(function (this: Element) {
    seen.push(this.id || this.getAttribute("data-card"));
  });
  const { place, go } = await whole();
  await userEvent.click(screen.getByTestId(ids.settingsSection("data")));
  await waitFor(() => expect(place()).toContain("section=data"));
  expect(screen.getByTestId(ids.settingsSection("data"))).toHaveAttribute("aria-current", "location");
  for (const [address, part] of [["section=backup", "backup"], ["section=listener", "listener"], ["section=alerts", "alerts"], ["section=safety", "settings-safety"]]) {
    seen.length = 0;
    await go(`/settings?${address}`);
    expect(seen, address).toContain(part);
  }
});

test("without a workspace there is what needs none", async () => {
  await show(<SettingsScreen />, { ...settingsAnswers, "app.get": { ...settingsAnswers["app.get"], open: null } }, "/settings?q=backup");
  expect(await screen.findByTestId("empty")).toBeVisible();
});

test("where nobody is named, a search for the lock leads to people, and counts nothing that is not there", async () => {
  await show(<SettingsScreen />, { ...settingsAnswers, "session.get": alone }, "/settings?q=lock");
  expect(await screen.findByTestId(ids.peopleSetUp)).toBeVisible();
  expect(await screen.findByTestId(ids.settingsFound)).toHaveTextContent("1 setting");
});
