import type { ApiError, ApprovalInfo, GuardsInfo, People, SessionInfo } from "../api/generated/api";

/** Ana, an operator, who is signed in. */
export const asOperator: SessionInfo = {
  needed: true,
  signedIn: true,
  operator: "Ana Pop",
  role: "operator",
  lockAfterMin: 15,
  people: ["Ana Pop", "Dan Ionescu"],
};

export const asViewer: SessionInfo = { ...asOperator, role: "viewer" };

export const asAdmin: SessionInfo = { ...asOperator, role: "admin" };

/** There are people, and nobody is signed in. */
export const locked: SessionInfo = { ...asOperator, signedIn: false, operator: "", role: "" };

/** A workspace without people. */
export const alone: SessionInfo = { needed: false, signedIn: true, operator: "ana", role: "admin", lockAfterMin: 0, people: [] };

export const guards: GuardsInfo = { lockAfterMin: 15, storno: false, delete: false, bulkOver: null, limits: false };

const person = { active: true, createdMs: 1_764_000_000_000, changedMs: 1_764_000_000_000, signedInMs: 1_764_000_000_000 };

export const people: People = {
  people: [
    { ...person, id: "op_1", name: "Ana Pop", role: "admin" },
    { ...person, id: "op_2", name: "Dan Ionescu", role: "viewer", active: false, signedInMs: null },
  ],
  guards,
};

/** A storno that another person asked for. */
export const asked: ApprovalInfo = {
  id: "apr_1",
  command: "documents.storno",
  facts: { document: "FCT 0007", id: "doc_2" },
  reason: "returned",
  askedBy: "Dan Ionescu",
  askedMs: 1_764_000_000_000,
  state: "waiting",
  decidedBy: null,
  decidedMs: null,
  note: "",
  code: "",
  mayDecide: true,
  isOwn: false,
};

/** Answers an error of this code. */
export function refusing(code: ApiError["code"], detail = "", field: string | null = null) {
  return () => {
    throw { code, detail, field, failure: null } satisfies ApiError;
  };
}
