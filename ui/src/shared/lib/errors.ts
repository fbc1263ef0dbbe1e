import type { ApiError, ErrorCode, FailureInfo } from "../../api/generated/api";

/** What a screen does about an error: how loud, and which step to offer. Decided by its code, never by its text. */
export interface ErrorView {
  severity: "info" | "warning" | "error";
  action: "none" | "retry" | "open_settings" | "reconnect";
}

const BY_CODE: Record<ErrorCode, ErrorView> = {
  unknown_command: { severity: "error", action: "none" },
  invalid_input: { severity: "warning", action: "none" },
  forbidden: { severity: "warning", action: "none" },
  sign_in_needed: { severity: "info", action: "none" },
  wrong_password: { severity: "warning", action: "none" },
  try_later: { severity: "warning", action: "none" },
  needs_approval: { severity: "info", action: "none" },
  no_workspace: { severity: "info", action: "none" },
  not_found: { severity: "warning", action: "none" },
  not_now: { severity: "warning", action: "retry" },
  already_linked: { severity: "warning", action: "none" },
  workspace_owned: { severity: "error", action: "retry" },
  owner_silent: { severity: "warning", action: "retry" },
  ledger_newer: { severity: "error", action: "none" },
  ledger_damaged: { severity: "error", action: "none" },
  ledger_read_only: { severity: "error", action: "retry" },
  not_on_record: { severity: "error", action: "retry" },
  vault: { severity: "error", action: "open_settings" },
  vault_waiting: { severity: "warning", action: "open_settings" },
  vault_locked: { severity: "warning", action: "open_settings" },
  vault_not_chosen: { severity: "warning", action: "open_settings" },
  wrong_passphrase: { severity: "warning", action: "none" },
  outside: { severity: "error", action: "reconnect" },
  internal: { severity: "error", action: "retry" },
};

export function viewOf(error: ApiError): ErrorView {
  return BY_CODE[error.code];
}

/** Whether it was written down and waits for a second person: nothing failed, and nothing is done yet. */
export function needsSecond(error: ApiError | null): boolean {
  return error?.code === "needs_approval";
}

/** Whether a record waits for a person to let it pass as it is, with a reason. */
export function needsRelease(failure: FailureInfo | null): boolean {
  const released = ["needs_approval", "issue_date_too_early", "maybe_doubled", "invoiced_elsewhere"];
  return failure !== null && released.includes(failure.kind);
}

/** Where the fix of a failure is. */
export type FixPlace = "rule" | "connection" | "flow" | "shop" | "none";

export function fixPlace(failure: FailureInfo): FixPlace {
  switch (failure.kind) {
    case "mapping_error":
    case "field_missing":
    case "field_invalid":
    case "vat_rate_not_legal":
    case "vat_rate_unknown":
    case "address_incomplete":
    case "totals_differ":
    case "currency_unknown":
    case "product_invalid":
    case "duplicate_name":
    case "client_invalid":
    case "tax_id_invalid":
      return "rule";
    case "flow_incomplete":
    case "series_unknown":
    case "company_unavailable":
      return "flow";
    case "credential_missing":
    case "credential_refused":
    case "right_missing":
      return "connection";
    case "order_withdrawn":
    case "order_gone":
    case "invoiced_elsewhere":
      return "shop";
    default:
      return "none";
  }
}

/** The rule that a failure's detail names: `client.city`, or `line_items` and `vat_rate`. */
export function namedRule(detail: string | null): { block: string | null; target: string } | null {
  const field = detail?.split(":")[0]?.trim() ?? "";
  const line = /^(\w+)\[\d+\]\.(\w+)$/.exec(field);
  if (line?.[1] && line[2]) return { block: line[1] === "lines" ? "line_items" : line[1], target: line[2] };
  return /^(client|document|payment)\.\w+$/.test(field) ? { block: null, target: field } : null;
}
