/** What sets a forgotten password anew, at the machine itself. */
export const RESET_COMMAND = "punte-cli people reset";
