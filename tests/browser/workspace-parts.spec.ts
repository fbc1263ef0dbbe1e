import { type Desk, expect, test } from "./desk";
import { lookAt, type Part } from "./parts";

const menu = async ({ at }: Desk) => {
  await at("workspace-menu").click();
  await expect(at("workspace-new")).toBeVisible();
};

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
