import { type Desk, expect } from "./desk";
import { lookAt, type Part } from "./parts";

async function personal({ at }: Desk) {
  await at("nav-settings").click();
  await at("personal-card").scrollIntoViewIfNeeded();
}

async function client(desk: Desk) {
  await personal(desk);
  await desk.at("personal-query").fill("ana ionescu");
  await desk.at("personal-search").click();
  await expect(desk.at("personal-found")).toBeVisible();
}

/** What a command is answered with, as if it stood so. */
async function told({ page }: Desk, command: string, json: object) {
  await page.route(new RegExp(`/call/${command.replace(".", "\\.")}$`), (route) => route.fulfill({ json }));
}

const untold = ({ page }: Desk) => page.unrouteAll({ behavior: "ignoreErrors" });
const open = (number: string, why: string) => ({ orderId: `order_${number}`, number, why });
const person = (key: string, name: string, orders: ReturnType<typeof open>[]) => ({
  key,
  name,
  email: `${key}@example.com`,
  phone: "0740 123 456",
  taxId: "",
  orders: 12,
  erased: 1,
  deliveries: 3,
  documentCount: 0,
  documents: [],
  open: orders,
  firstMs: Date.UTC(2024, 1, 3),
  lastMs: Date.UTC(2026, 9, 12),
});
const loose = { deliveries: 1, rejects: 2, audit: 14, texts: 3 };

/** Personal data: how long it is kept, and what is kept of one client. */
const parts: Part[] = [
  {
    name: "personal",
    open: async (desk) => {
      await personal(desk);
      await expect(desk.at("retention")).toBeVisible();
    },
  },
  {
    name: "personal-client",
    open: async (desk) => {
      await client(desk);
      await desk.at("personal-erase").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "personal-erase",
    open: async (desk) => {
      await client(desk);
      await desk.at("personal-erase").click();
      await expect(desk.at("personal-typed")).toBeVisible();
      await expect(desk.at("confirm")).toBeDisabled();
    },
  },
  {
    name: "personal-retention",
    open: async (desk) => {
      const share = (kind: string, count: number) => ({ kind, count, isLeast: count === 100_000, oldestMs: Date.UTC(2024, 1, 3) });
      const shares = [share("records", 100_000), share("looks", 4210), share("audit", 21), share("deliveries", 1)];
      await told(desk, "retention.preview", { months: 12, current: 24, shares });
      await personal(desk);
      await desk.at("retention").selectOption("12");
      await expect(desk.at("personal-shares")).toBeVisible();
    },
    close: untold,
  },
  {
    name: "personal-several",
    open: async (desk) => {
      const clients = [person("ana", "Ana Ionescu", [open("10402", "document"), open("10431", "mapping")]), person("anca", "Ana Ionescu", [])];
      await told(desk, "clients.find", { clients, loose, waitingFiles: 2, isCut: false });
      await client(desk);
      await desk.at("personal-client-ana").check();
      await desk.at("personal-open").scrollIntoViewIfNeeded();
    },
    close: untold,
  },
  {
    name: "personal-erased",
    open: async (desk) => {
      await told(desk, "clients.find", { clients: [person("ana", "Ana Ionescu", [open("10402", "document")])], loose, waitingFiles: 0, isCut: false });
      await told(desk, "clients.erase", { orders: 1, documents: 1, loose, left: [open("10402", "document")], compacted: true });
      await client(desk);
      await desk.at("personal-erase").click();
      await desk.at("personal-typed").fill((await desk.page.locator("html").getAttribute("lang")) === "ro" ? "sterge" : "erase");
      await desk.at("reason").fill("a cerut-o");
      await desk.at("confirm").click();
      await expect(desk.at("personal-done")).toBeVisible();
    },
    close: untold,
  },
];

lookAt("personal data", parts);
