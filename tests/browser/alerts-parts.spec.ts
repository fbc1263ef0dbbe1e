import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Desk, expect, test } from "./desk";
import { lookAt, type Part } from "./parts";

/** Takes what Punte tells, as often as it is told to. */
interface Receiver {
  url: string;
  /** What it answers from now on. */
  status: number;
  heads: Record<string, string | string[] | undefined>[];
  server: Server;
}

async function listening(): Promise<Receiver> {
  const receiver: Receiver = { url: "", status: 204, heads: [], server: createServer() };
  receiver.server.on("request", (request, response) => {
    receiver.heads.push(request.headers);
    request.resume();
    request.on("end", () => response.writeHead(receiver.status, { "content-type": "text/plain" }).end());
  });
  await new Promise<void>((done) => receiver.server.listen(0, "127.0.0.1", done));
  receiver.url = `http://127.0.0.1:${(receiver.server.address() as AddressInfo).port}/alerts`;
  return receiver;
}

let receiver: Receiver;
test.beforeAll(async () => {
  receiver = await listening();
});
test.afterAll(() => {
  receiver.server.closeAllConnections();
  receiver.server.close();
});

async function section({ at }: Desk) {
  await at("nav-settings").click();
  await expect(at("alerts-add-webhook")).toBeVisible();
  await at("alerts").scrollIntoViewIfNeeded();
}

/** The webhook of these tests, made by the form where it is not there yet. */
async function webhook(desk: Desk) {
  const { page, at } = desk;
  await section(desk);
  const rows = page.locator("[data-testid^=alert-channel-ach]").filter({ hasText: receiver.url });
  if (!(await rows.first().isVisible())) {
    await at("alerts-add-webhook").click();
    await at("alert-field-url").fill(receiver.url);
    await at("alert-field-save").click();
    await expect(at("alert-made")).toContainText("whsec_");
    await at("alert-field-done").click();
  }
  await expect(rows.first()).toBeVisible();
  return rows.first();
}

async function tested(desk: Desk) {
  const row = await webhook(desk);
  await row.locator("[data-testid$=-test]").click();
  await expect(row.locator("[data-testid^=alert-tested-]")).toBeVisible();
  await row.scrollIntoViewIfNeeded();
  return row;
}

test("a webhook is made, tested and told of when it no longer wants to be called", async ({ desk }) => {
  receiver.status = 204;
  let row = await tested(desk);
  await expect(row.locator("[data-testid^=alert-tested-]")).toContainText("The test was taken");
  expect(receiver.heads.at(-1)).toMatchObject({ "webhook-id": expect.any(String), "webhook-signature": expect.stringMatching(/^v1,/) });
  const told = desk.page.locator("[data-testid^=alert-notice-]").first();
  await expect(told).toContainText("taken");

  receiver.status = 410;
  row = await tested(desk);
  await expect(row.locator("[data-testid^=alert-tested-]")).toContainText("no longer wants it");
  await expect(desk.page.locator("[data-testid^=alert-notice-]").first()).toContainText("not taken");
  receiver.status = 204;
});

const parts: Part[] = [
  { name: "notifications", open: section },
  {
    name: "notifications-tested",
    open: async (desk) => void (await tested(desk)),
  },
  {
    name: "notifications-mail",
    open: async (desk) => {
      await section(desk);
      await desk.at("alerts-add-mail").click();
      await expect(desk.at("alert-field-host")).toBeVisible();
    },
  },
  {
    name: "notifications-webhook",
    open: async (desk) => {
      await section(desk);
      await desk.at("alerts-add-webhook").click();
      await expect(desk.at("alert-field-url")).toBeVisible();
    },
  },
  {
    name: "notifications-rules",
    open: async (desk) => {
      await section(desk);
      await desk.at("alert-rule-series_gap").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "notifications-sent",
    open: async (desk) => {
      await section(desk);
      await desk.at("alerts-sent").scrollIntoViewIfNeeded();
    },
  },
];

lookAt("where a person is told", parts);
