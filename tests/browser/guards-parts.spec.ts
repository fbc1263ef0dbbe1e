import { type Desk, expect } from "./desk";
import { lookAt, type Part } from "./parts";

/** As if credentials stood so: a session of the tests has a keyring that is open. */
async function credentials({ page, at }: Desk, state: string, kind: string | null, reason: string | null) {
  await page.route(/\/call\/app\.get$/, async (route) => {
    const answer = await route.fetch();
    const told: object = await answer.json();
    await route.fulfill({ response: answer, json: { ...told, vault: kind, vaultState: state, vaultReason: reason } });
  });
  await page.route(/\/call\/vault\.get$/, async (route) => {
    const answer = await route.fetch();
    const told: object = await answer.json();
    await route.fulfill({ response: answer, json: { ...told, kind, state, reason } });
  });
  await page.reload();
  await expect(at("banner-vault")).toBeVisible();
}

const restored = async ({ page, at }: Desk) => {
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.reload();
  await expect(at("banner-vault")).toBeHidden();
};

async function settings({ at }: Desk, card: string) {
  await at("nav-settings").click();
  await at(card).scrollIntoViewIfNeeded();
}

/** The list of backups, with one in it. */
async function backups(desk: Desk) {
  await settings(desk, "backup-card");
  const listed = desk.page.locator("[data-testid^=backup-file-]").first();
  // the list itself has come once the folder is named
  await expect(desk.at("backup-now")).toBeEnabled();
  if (!(await listed.isVisible())) await desk.at("backup-now").click();
  await expect(listed).toBeVisible();
  await listed.scrollIntoViewIfNeeded();
}

/** What guards the workspace: the log of acts, backups, the network, and where credentials are. */
const parts: Part[] = [
  {
    name: "activity-entry",
    open: async ({ page, at }) => {
      await at("nav-activity").click();
      await page.locator("[data-testid^=audit-entry-]").first().click();
      await expect(at("audit-panel")).toBeVisible();
    },
  },
  {
    name: "activity-verdict",
    open: async ({ at }) => {
      await at("nav-activity").click();
      await at("audit-verify").click();
      await expect(at("audit-verdict")).toBeVisible();
    },
  },
  {
    name: "activity-anchors",
    open: async ({ at }) => {
      await at("nav-activity").click();
      await at("audit-anchors").click();
      await expect(at("audit-given")).toBeVisible();
    },
  },
  {
    name: "backups",
    open: backups,
  },
  {
    name: "restore",
    open: async (desk) => {
      await backups(desk);
      await desk.page.locator("[data-testid^=backup-restore-]").first().click();
      await expect(desk.at("backup-confirm")).toBeVisible();
    },
  },
  {
    name: "network",
    open: async (desk) => {
      await settings(desk, "network");
      await expect(desk.at("network-host")).toBeVisible();
    },
  },
  {
    name: "credentials-not-chosen",
    open: async (desk) => {
      await credentials(desk, "not_chosen", null, "no keyring is on the bus");
      // the settings' card has such a button too, once it has come
      await desk.at("banner-vault").getByTestId("vault-open-choice").click();
      await expect(desk.at("vault-choose")).toBeVisible();
    },
    close: restored,
  },
  {
    name: "credentials-refused",
    open: async (desk) => {
      await credentials(desk, "refused", null, "org.freedesktop.DBus.Error.AccessDenied: switched off by the administrator");
      await expect(desk.at("vault-ask")).toBeVisible();
    },
    close: restored,
  },
  {
    name: "credentials-locked",
    open: async (desk) => {
      await credentials(desk, "locked", "file", null);
      await expect(desk.at("banner-vault").getByTestId("vault-passphrase")).toBeVisible();
      // the library's own word, in no catalogue
      await expect(desk.page.getByLabel("Toggle password visibility")).toHaveCount(0);
    },
    close: restored,
  },
  {
    name: "credentials-waiting",
    open: async (desk) => {
      await credentials(desk, "waiting", "os_keyring", "the keyring is locked");
      await expect(desk.at("vault-ask")).toBeVisible();
    },
    close: restored,
  },
];

lookAt("what guards a workspace", parts);
