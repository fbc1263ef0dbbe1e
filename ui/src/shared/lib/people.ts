const RESET = "punte-cli people reset";

/** What sets a person's forgotten password anew, at the machine itself; the name as a shell takes it. */
export function resetCommand(name: string): string {
  const plain = /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name);
  return `${RESET} ${plain ? name : `"${name.replace(/["$`\\]/g, "\\$&")}"`}`;
}
