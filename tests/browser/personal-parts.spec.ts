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
];

lookAt("personal data", parts);
