import { expect, test } from "vitest";
import { kindKey } from "./changeKind";

test("a refund that is told as one sum is named by what became of it, any other by its id", () => {
  expect(kindKey("refunded_partly", "10460")).toBe("change.kind.refunded_partly");
  expect(kindKey("refunded_partly", "refunded:0")).toBe("change.kind.refunded_more");
  expect(kindKey("refunded_partly", "refunded:1000")).toBe("change.kind.refunded_more");
  expect(kindKey("refunded_partly", "refunded:less")).toBe("change.kind.refunded_less");
  expect(kindKey("refunded_partly", "refunded-7")).toBe("change.kind.refunded_partly");
  expect(kindKey("cancelled", "")).toBe("change.kind.cancelled");
});
