import { type Desk, expect, test } from "./desk";
import { lookAt, type Part } from "./parts";

async function settings({ at }: Desk, section?: string) {
  await at("nav-settings").click();
  await expect(at("backup-folder")).toBeVisible();
  if (section) await at(`settings-section-${section}`).click();
}

async function searched(desk: Desk, words: string) {
  await settings(desk);
  await desk.at("list-search").fill(words);
  await desk.at("list-search").press("Enter");
}

const unsearched = async ({ at }: Desk) => {
  await at("list-search").press("Escape");
  await expect(at("settings-theme")).toBeVisible();
};

/** The set-up of the sandbox itself, as it would be written. */
async function written(desk: Desk): Promise<string> {
  await settings(desk, "setup");
  if ((await desk.at("setup-show").getAttribute("aria-expanded")) !== "true") await desk.at("setup-show").click();
  await expect(desk.at("setup-text")).toBeVisible();
  return (await desk.at("setup-text").textContent()) ?? "";
}

async function looked(desk: Desk, text: string) {
  await desk.at("setup-typed").fill(text);
  await desk.at("setup-look").click();
  await expect(desk.at("setup-plan")).toBeVisible();
  await desk.at("setup-plan").evaluate((plan) => plan.scrollIntoView({ block: "center" }));
}

const another = async ({ at }: Desk) => at("setup-change").click();

/** As another shop's: its simulator was on this computer, and its address was left out. */
const elsewhere = (text: string) => text.replace(/^kind = "woocommerce"$/m, 'kind = "woocommerce"\naddress = "https://magazin-doi.ro"');

test("the search finds a setting, and its place in the list", async ({ desk }) => {
  // whatever language a look before left
  await desk.at("lang-en").click();
  await searched(desk, "backup folder");
  await expect(desk.at("settings-found")).toContainText("1 setting");
  await expect(desk.at("backup-folder")).toBeVisible();
  await expect(desk.at("backup-keep")).toBeHidden();
  // from far below, too, what is found begins at the top
  await unsearched(desk);
  await desk.at("settings-section-elsewhere").click();
  await desk.at("list-search").fill("backup");
  await desk.at("list-search").press("Enter");
  await expect(desk.at("settings-found")).toBeInViewport();
  // and no heading stands alone: of the notifications one rule fits, and nothing of their hours
  await expect(desk.at("alert-rule-backup_overdue-on")).toBeVisible();
  await expect(desk.page.getByText("When you are told")).toBeHidden();
  await unsearched(desk);
  await desk.page.goto(desk.page.url().replace(/#.*/, "#/settings?section=backup"));
  await expect(desk.at("backup-card")).toBeInViewport();
});

test("what the search slash is for works on the settings, too", async ({ desk }) => {
  await settings(desk);
  await desk.at("nav-settings").focus();
  await desk.page.keyboard.press("/");
  await expect(desk.at("list-search")).toBeFocused();
});

const parts: Part[] = [
  { name: "settings-top", open: (desk) => settings(desk) },
  { name: "settings-data", open: (desk) => settings(desk, "data") },
  { name: "settings-elsewhere", open: (desk) => settings(desk, "elsewhere") },
  {
    name: "settings-searched",
    open: async (desk) => {
      await searched(desk, "backup");
      await expect(desk.at("settings-found")).toBeVisible();
    },
    close: unsearched,
  },
  {
    name: "settings-none",
    open: async (desk) => {
      await searched(desk, "xyzzy");
      await expect(desk.at("empty")).toBeVisible();
    },
    close: unsearched,
  },
  {
    name: "setup-export",
    open: async (desk) => {
      await written(desk);
    },
  },
  {
    name: "setup-problem",
    open: async (desk) => {
      const text = await written(desk);
      await looked(desk, elsewhere(text).replace(/^mapping = ".*"$/m, 'mapping = "Shopify"').replace(/^kind = "woocommerce"$/m, 'kind = "woocommerce"\ntoken = "shpat_1"'));
      await expect(desk.at("setup-problems")).toBeVisible();
    },
    close: another,
  },
  {
    name: "setup-import",
    open: async (desk) => {
      await looked(desk, elsewhere(await written(desk)));
      await expect(desk.at("setup-will")).toBeVisible();
    },
    close: another,
  },
];

lookAt("the settings", parts);
