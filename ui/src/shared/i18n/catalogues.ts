import enActs from "./en/acts.json";
import enActivity from "./en/activity.json";
import enAlerts from "./en/alerts.json";
import enBackfill from "./en/backfill.json";
import enBackup from "./en/backup.json";
import enChanges from "./en/changes.json";
import enClosing from "./en/closing.json";
import enCommon from "./en/common.json";
import enDesk from "./en/desk.json";
import enDesktop from "./en/desktop.json";
import enEditor from "./en/editor.json";
import enHooks from "./en/hooks.json";
import enImports from "./en/imports.json";
import enLiterals from "./en/literals.json";
import enLog from "./en/log.json";
import enNotices from "./en/notices.json";
import enPeople from "./en/people.json";
import enPersonal from "./en/personal.json";
import enRecords from "./en/records.json";
import enRules from "./en/rules.json";
import enSettings from "./en/settings.json";
import enSetup from "./en/setup.json";
import enVault from "./en/vault.json";
import enWords from "./en/words.json";
import roActs from "./ro/acts.json";
import roActivity from "./ro/activity.json";
import roAlerts from "./ro/alerts.json";
import roBackfill from "./ro/backfill.json";
import roBackup from "./ro/backup.json";
import roChanges from "./ro/changes.json";
import roClosing from "./ro/closing.json";
import roCommon from "./ro/common.json";
import roDesk from "./ro/desk.json";
import roDesktop from "./ro/desktop.json";
import roEditor from "./ro/editor.json";
import roHooks from "./ro/hooks.json";
import roImports from "./ro/imports.json";
import roLiterals from "./ro/literals.json";
import roLog from "./ro/log.json";
import roNotices from "./ro/notices.json";
import roPeople from "./ro/people.json";
import roPersonal from "./ro/personal.json";
import roRecords from "./ro/records.json";
import roRules from "./ro/rules.json";
import roSettings from "./ro/settings.json";
import roSetup from "./ro/setup.json";
import roVault from "./ro/vault.json";
import roWords from "./ro/words.json";

/** Every word on screen. The terminal reads some of them, too: crates/cli/src/words.rs. */
export const catalogues = {
  ro: { ...roWords, ...roCommon, ...roRecords, ...roActs, ...roActivity, ...roAlerts, ...roChanges, ...roBackfill, ...roBackup, ...roEditor, ...roSettings, ...roSetup, ...roDesk, ...roDesktop, ...roHooks, ...roLiterals, ...roLog, ...roClosing, ...roRules, ...roImports, ...roVault, ...roNotices, ...roPeople, ...roPersonal },
  en: { ...enWords, ...enCommon, ...enRecords, ...enActs, ...enActivity, ...enAlerts, ...enChanges, ...enBackfill, ...enBackup, ...enEditor, ...enSettings, ...enSetup, ...enDesk, ...enDesktop, ...enHooks, ...enLiterals, ...enLog, ...enClosing, ...enRules, ...enImports, ...enVault, ...enNotices, ...enPeople, ...enPersonal },
};
