import enActs from "./en/acts.json";
import enChanges from "./en/changes.json";
import enClosing from "./en/closing.json";
import enCommon from "./en/common.json";
import enDesk from "./en/desk.json";
import enEditor from "./en/editor.json";
import enLiterals from "./en/literals.json";
import enRecords from "./en/records.json";
import enSetup from "./en/setup.json";
import enWords from "./en/words.json";
import roActs from "./ro/acts.json";
import roChanges from "./ro/changes.json";
import roClosing from "./ro/closing.json";
import roCommon from "./ro/common.json";
import roDesk from "./ro/desk.json";
import roEditor from "./ro/editor.json";
import roLiterals from "./ro/literals.json";
import roRecords from "./ro/records.json";
import roSetup from "./ro/setup.json";
import roWords from "./ro/words.json";

/** Every word on screen. `words` is shared with the terminal. */
export const catalogues = {
  ro: { ...roWords, ...roCommon, ...roRecords, ...roActs, ...roChanges, ...roEditor, ...roSetup, ...roDesk, ...roLiterals, ...roClosing },
  en: { ...enWords, ...enCommon, ...enRecords, ...enActs, ...enChanges, ...enEditor, ...enSetup, ...enDesk, ...enLiterals, ...enClosing },
};
