import { expect, test } from "vitest";
import type { FailureInfo } from "../../api/generated/api";
import { fixPlace, namedRule, viewOf } from "./errors";

const failure = (kind: string): FailureInfo => ({
  kind,
  phase: "prepare",
  next: "fix_then_retry",
  source: "",
  operation: "map",
  object: "order 1",
  providerWords: null,
  detail: null,
  retryAtMs: null,
});

test("what a screen does about an error follows from its code alone", () => {
  const error = { code: "ledger_newer" as const, detail: "retry me please", field: null, failure: null };
  expect(viewOf(error)).toEqual({ severity: "error", action: "none" });
  expect(viewOf({ ...error, code: "outside" }).action).toBe("reconnect");
});

test("each failure leads to where its fix is", () => {
  expect(fixPlace(failure("address_incomplete"))).toBe("rule");
  expect(fixPlace(failure("series_unknown"))).toBe("flow");
  expect(fixPlace(failure("credential_refused"))).toBe("connection");
  expect(fixPlace(failure("timed_out"))).toBe("none");
});

test("a detail names the rule it is about", () => {
  expect(namedRule("client.city: București")).toEqual({ block: null, target: "client.city" });
  expect(namedRule("line_items[1].vat_rate: 19 % @ 2026-11-22")).toEqual({ block: "line_items", target: "vat_rate" });
  expect(namedRule("total: 353.99 != 358.99")).toBeNull();
  expect(namedRule(null)).toBeNull();
});
