import type { ListName } from "../../api/generated/api";

/** A view that every list comes with; its name is under `desk.builtin`. */
export interface BuiltinView {
  id: string;
  text: string;
}

export const BUILTIN_VIEWS: Record<ListName, BuiltinView[]> = {
  documents: [
    { id: "failed", text: "status:held" },
    { id: "inDoubt", text: "status:in_doubt" },
    { id: "mismatched", text: "status:mismatched" },
    { id: "changed", text: "status:changed" },
    { id: "thisMonth", text: "issued:this-month" },
    { id: "rejected", text: "einvoice:rejected" },
  ],
  orders: [
    { id: "notInvoiced", text: "decision:not_invoiced" },
    { id: "waiting", text: "decision:waiting" },
    { id: "receivedToday", text: "created:today" },
    { id: "receivedThisMonth", text: "created:this-month" },
  ],
};
