import type { DocumentRow, FieldInfo, RowsRequest, TableSummary, TableVocabulary } from "../api/generated/api";
import type { Answers } from "./show";
import { issued } from "./samples";

const field = (name: string, kind: FieldInfo["kind"], values: string[] = [], aliases: string[] = []): FieldInfo => ({
  name,
  aliases,
  kind,
  values: values.map((value) => ({ value, label: null })),
});

export const FIELDS: FieldInfo[] = [
  field("order", "text"),
  field("invoice", "text"),
  field("client", "text"),
  field("cui", "text", [], ["taxid"]),
  field("total", "amount", [], ["amount"]),
  field("status", "choice", ["issued", "held", "in_doubt", "mismatched", "changed"], ["state", "is"]),
  { ...field("connection", "choice"), values: [{ value: "con_1", label: "Magazin Cluj" }] },
  field("issued", "date"),
];

const column = (id: string, by: string | null, sortable = true) => ({ id, sortable, indexed: sortable, field: by });

export const VOCABULARY: TableVocabulary = {
  columns: [
    column("state", "status"),
    column("order", "order"),
    column("number", "invoice"),
    column("client", "client"),
    column("taxId", "cui"),
    column("total", "total"),
    column("issued", "issued"),
    column("einvoice", null, false),
    column("reference", null, false),
  ],
  fields: FIELDS,
};

export const SUMMARY: TableSummary = { count: 0, complete: true, scanned: 0, ofRows: 0, totals: [], problems: [] };

/** The n-th of so many documents, orders counted from 0. */
export const documentAt = (n: number): DocumentRow => ({ ...issued, id: `doc_${n}`, orderNumber: String(n), number: String(n).padStart(4, "0") });

/** What the host of a list answers: `count` documents by their ordinal, unless told otherwise. */
export function deskAnswers(count: number, rowAt: (n: number) => unknown = documentAt): Answers {
  const rows = ({ from, limit }: RowsRequest) => ({
    rows: Array.from({ length: Math.max(0, Math.min(limit, count - from)) }, (_, n) => rowAt(from + n)),
    from,
    ready: true,
  });
  return {
    "table.documents": rows,
    "table.orders": rows,
    "table.summary": { ...SUMMARY, count, totals: count > 0 ? [{ minor: 10195 * count, currency: "RON" }] : [] },
    "table.vocabulary": VOCABULARY,
    "views.list": { views: [] },
    "layout.get": { list: "documents", columns: [], sort: null },
    "layout.save": {},
  };
}
