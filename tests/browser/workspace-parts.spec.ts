import { type Desk, expect, test } from "./desk";
import { lookAt, type Part } from "./parts";

const menu = async ({ at }: Desk) => {
  await at("workspace-menu").click();
  await expect(at("workspace-new")).toBeVisible();
};

/** As if another company's workspace invoiced the shops too: what the sandbox's shop sells nobody else does. */
async function twice({ page, at }: Desk) {
  await page.route(/\/call\/connections\.list$/, async (route) => {
    const answer = await route.fetch();
    const told: { shops: object[] } = await answer.json();
    const shops = told.shops.map((shop) => ({ ...shop, invoicedIn: ["Atelier Nou SRL"] }));
    await route.fulfill({ response: answer, json: { ...told, shops } });
  });
  await page.reload();
  await at("nav-connections").click();
  await expect(at("conn-invoiced-twice").first()).toBeVisible();
}

const parts: Part[] = [
  { name: "workspace-menu", open: menu },
  {
    name: "workspace-new",
    open: async (desk) => {
      await menu(desk);
      await desk.at("workspace-new").click();
      await desk.at("start-name").fill("Atelier Nou SRL");
      await expect(desk.at("start-create")).toBeEnabled();
    },
  },
  {
    name: "workspace-palette",
    open: async ({ page }) => {
      await page.keyboard.press("ControlOrMeta+k");
      await page.getByRole("dialog").getByRole("textbox").fill("work");
    },
  },
  { name: "shop-twice", open: twice },
  {
    name: "flow-twice",
    open: async ({ page, at }) => {
      await page.locator("[data-testid^=flow-A]").first().click();
      await expect(page.getByRole("dialog").getByTestId("conn-invoiced-twice")).toBeVisible();
      await expect(at("flow-form-series")).toBeVisible();
    },
    close: ({ page }) => page.unrouteAll({ behavior: "ignoreErrors" }),
  },
];

lookAt("the workspace menu", parts);

test("from the sandbox one comes to a company of one's own, and back", async ({ desk }) => {
  await menu(desk);
  const sandbox = (await desk.at("workspace-menu").textContent()) ?? "";
  await desk.at("workspace-new").click();
  await desk.at("start-name").fill("Firma Mea SRL");
  await desk.at("start-create").click();
  await expect(desk.at("workspace-menu")).toHaveText("Firma Mea SRL");
  await expect(desk.at("empty")).toBeVisible();
  await desk.page.reload();
  await expect(desk.at("workspace-menu")).toHaveText("Firma Mea SRL");
  await menu(desk);
  await desk.page.getByRole("menuitem", { name: sandbox }).click();
  await expect(desk.at("workspace-menu")).toHaveText(sandbox);
});
