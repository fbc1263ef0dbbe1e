import enActs from "./en/acts.json";
import enChanges from "./en/changes.json";
import enCommon from "./en/common.json";
import enEditor from "./en/editor.json";
import enRecords from "./en/records.json";
import enSetup from "./en/setup.json";
import enWords from "./en/words.json";
import roActs from "./ro/acts.json";
import roChanges from "./ro/changes.json";
import roCommon from "./ro/common.json";
import roEditor from "./ro/editor.json";
import roRecords from "./ro/records.json";
import roSetup from "./ro/setup.json";
import roWords from "./ro/words.json";

/** Every word on screen. `words` is shared with the terminal. */
export const catalogues = {
  ro: { ...roWords, ...roCommon, ...roRecords, ...roActs, ...roChanges, ...roEditor, ...roSetup },
  en: { ...enWords, ...enCommon, ...enRecords, ...enActs, ...enChanges, ...enEditor, ...enSetup },
};
