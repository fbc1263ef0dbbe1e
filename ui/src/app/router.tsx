import { createHashHistory, createRootRoute, createRoute, createRouter, redirect } from "@tanstack/react-router";
import { ActivityScreen } from "../features/activity/ActivityScreen";
import { ConnectionsScreen } from "../features/connections/ConnectionsScreen";
import { EInvoiceScreen } from "../features/einvoice/EInvoiceScreen";
import { FailuresScreen } from "../features/failures/FailuresScreen";
import { FirstImport, ImportMenu } from "../features/imports/ImportMenu";
import { InboxScreen } from "../features/inbox/InboxScreen";
import { InvoicesScreen } from "../features/invoices/InvoicesScreen";
import { MappingsScreen } from "../features/mappings/MappingsScreen";
import { OrdersScreen } from "../features/orders/OrdersScreen";
import { OverviewScreen } from "../features/overview/OverviewScreen";
import { ReconcileScreen } from "../features/reconcile/ReconcileScreen";
import { SettingsScreen } from "../features/settings/SettingsScreen";
import type { Place } from "../shared/lib/navigation";
import { Shell } from "./Shell";

const importing = <ImportMenu />;
const firstStep = <FirstImport />;

/** The orders, and what leads to them from files. */
function Orders() {
  return <OrdersScreen importing={importing} firstStep={firstStep} />;
}

const word = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

const root = createRootRoute({
  component: Shell,
  validateSearch: (search: Record<string, unknown>): Place => ({
    order: word(search.order),
    document: word(search.document),
    filter: word(search.filter),
    // the router reads a number out of `q=1042`
    q: word(search.q === undefined ? undefined : String(search.q)),
    sort: word(search.sort),
    block: word(search.block),
    target: word(search.target),
    mapping: word(search.mapping),
    older: word(search.older),
    value: word(search.value),
    edit: word(search.edit),
    delivery: word(search.delivery),
    connection: word(search.connection),
    import: word(search.import),
    approvals: word(search.approvals),
    entry: word(search.entry),
    who: word(search.who),
    act: word(search.act),
    about: word(search.about),
    section: word(search.section),
    from: word(search.from),
    to: word(search.to),
  }),
});

const screens = [
  createRoute({
    getParentRoute: () => root,
    path: "/",
    beforeLoad: () => {
      throw redirect({ to: "/overview" });
    },
  }),
  createRoute({ getParentRoute: () => root, path: "/overview", component: OverviewScreen }),
  createRoute({ getParentRoute: () => root, path: "/connections", component: ConnectionsScreen }),
  createRoute({ getParentRoute: () => root, path: "/mappings", component: MappingsScreen }),
  createRoute({ getParentRoute: () => root, path: "/orders", component: Orders }),
  createRoute({ getParentRoute: () => root, path: "/invoices", component: InvoicesScreen }),
  createRoute({ getParentRoute: () => root, path: "/failures", component: FailuresScreen }),
  createRoute({ getParentRoute: () => root, path: "/reconcile", component: ReconcileScreen }),
  createRoute({ getParentRoute: () => root, path: "/einvoice", component: EInvoiceScreen }),
  createRoute({ getParentRoute: () => root, path: "/inbox", component: InboxScreen }),
  createRoute({ getParentRoute: () => root, path: "/activity", component: ActivityScreen }),
  createRoute({ getParentRoute: () => root, path: "/settings", component: SettingsScreen }),
];

export function newRouter() {
  return createRouter({ routeTree: root.addChildren(screens), history: createHashHistory() });
}
