import base from "./playwright.config";

/** What is measured rather than tested: `make bench` hands over a workspace. */
export default { ...base, testDir: "./bench", testIgnore: [] };
