import { expect, test } from "vitest";
import { resetCommand } from "./people";

test("a name is written as a shell takes it", () => {
  expect(resetCommand("Ștefan")).toBe("punte-cli people reset Ștefan");
  expect(resetCommand("Ana Pop")).toBe('punte-cli people reset "Ana Pop"');
  expect(resetCommand('a"b$c`d\\e')).toBe('punte-cli people reset "a\\"b\\$c\\`d\\\\e"');
  expect(resetCommand("-x")).toBe('punte-cli people reset "-x"');
});
