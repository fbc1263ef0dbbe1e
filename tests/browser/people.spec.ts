import { expect, test as base } from "@playwright/test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { audit } from "./audit";
import { type Desk, look, looks, pictures, serve, settle } from "./desk";

/** A home of its own: whoever else tests does not sign in. */
const test = base.extend<{ desk: Desk }>({
  desk: async ({ page }, use) => {
    const home = await mkdtemp(path.join(tmpdir(), "punte-people-"));
    const { program, url } = await serve(home);
    await page.goto(url);
    const at = (id: string) => page.getByTestId(id);
    await at("lang-en").click();
    await at("start-sandbox").click();
    await expect(at("nav-count-failures")).toHaveText("5", { timeout: 60_000 });
    await use({ page, home, at });
    const ended = new Promise((resolve) => program.once("exit", resolve));
    program.kill("SIGTERM");
    await ended;
    await rm(home, { recursive: true, force: true });
  },
});

const PASSWORD = "vara trecuta";

/** Pictured in every language and theme, and held to WCAG 2.2 AA; English and light again afterwards. */
async function picture(desk: Desk, name: string) {
  for (const [language, theme] of looks) {
    await look(desk, language, theme);
    await desk.page.mouse.move(0, 0);
    await settle(desk.page);
    await audit(desk, `${name}, ${language} ${theme}`);
    await desk.page.screenshot({ path: path.join(pictures, `${language}-${theme}-${name}.png`) });
  }
  await look(desk, "en", "light");
}

async function password({ at }: Desk) {
  await at("password-new").fill(PASSWORD);
  await at("password-again").fill(PASSWORD);
}

async function add(desk: Desk, name: string, role: string) {
  const { at } = desk;
  await at("people-add").click();
  await at("person-field-name").fill(name);
  await at(`person-field-${role}`).click();
  await password(desk);
  await at("person-field-save").click();
  await expect(at(`person-${name}`)).toBeVisible();
}

/** The first person, an administrator, and one more. */
async function setUp(desk: Desk, name: string, role: string) {
  const { at } = desk;
  await at("nav-settings").click();
  await at("people-set-up").click();
  await at("person-field-name").fill("Ana Pop");
  await password(desk);
  await at("person-field-save").click();
  await expect(at("user-menu")).toHaveText("Ana Pop");
  await add(desk, name, role);
}

async function signIn({ page, at }: Desk, name: string, typed = PASSWORD) {
  await at("sign-in-name").selectOption(name);
  await at("sign-in-password").fill(typed);
  await page.keyboard.press("Enter");
}

async function lock({ page, at }: Desk) {
  await page.keyboard.press("Control+l");
  await expect(at("sign-in")).toBeVisible();
}

test("an administrator lets a viewer in, who looks at everything and changes nothing", async ({ desk }) => {
  test.slow();
  const { page, at } = desk;
  await setUp(desk, "Dan Ionescu", "viewer");
  await at("people").scrollIntoViewIfNeeded();
  await picture(desk, "people");

  await lock(desk);
  await expect(at("nav-invoices")).toHaveCount(0);
  await expect(at("sign-in-name")).toHaveValue("Ana Pop");
  await expect(at("sign-in-password")).toBeFocused();
  await picture(desk, "sign-in");

  await signIn(desk, "Dan Ionescu", "not the password");
  await expect(at("sign-in")).toContainText("The password is not right.");
  await expect(at("sign-in-password")).toHaveValue("");
  await signIn(desk, "Dan Ionescu");
  await expect(at("user-menu")).toHaveText("Dan Ionescu");

  await at("nav-failures").click();
  const retry = page.locator("[data-testid^=retry-group-]").first();
  await expect(retry).toHaveAttribute("aria-disabled", "true");
  await expect(retry).toHaveAccessibleDescription("Needs the role operator");
  await retry.focus();
  await page.keyboard.press("Enter");
  await expect(at("bulk-plan")).toHaveCount(0);
  await picture(desk, "failures-viewer");

  await at("nav-invoices").click();
  await at("row-10440").click();
  await at("drawer-more").click();
  await expect(at("drawer-act-storno")).toContainText("Needs the role operator");
  await page.keyboard.press("Escape");

  await at("nav-settings").click();
  await expect(at("people-add")).toHaveCount(0);
  await expect(at("password-own")).toBeVisible();

  // another load of the page is another client: nobody is signed in there
  await page.reload();
  await expect(at("sign-in")).toBeVisible();
});

test("a storno waits for a second person, who approves it", async ({ desk }) => {
  test.slow();
  const { page, at } = desk;
  await setUp(desk, "Eva Radu", "operator");
  // Mantine's own input lies under its track
  await at("guard-storno").click({ force: true });
  await at("guard-save").click();
  await expect(at("guard-save")).toBeDisabled();

  await at("nav-invoices").click();
  await at("row-10440").click();
  await at("drawer-more").click();
  await at("drawer-act-storno").click();
  await at("reason").fill("returned");
  await at("confirm").click();
  await expect(at("second-asked")).toBeVisible();
  await expect(at("confirm")).toHaveCount(0);
  await at("second-show").click();
  await expect(at("approvals")).toContainText("Storno of");
  await expect(at("approval-withdraw")).toBeVisible();
  await page.keyboard.press("Escape");

  await lock(desk);
  await signIn(desk, "Eva Radu");
  await expect(at("user-count")).toHaveText("1");
  await at("user-menu").click();
  await at("user-approvals").click();
  await expect(at("approval-approve")).toBeVisible();
  await settle(page);
  await audit(desk, "approvals");
  await page.screenshot({ path: path.join(pictures, "en-light-approvals.png") });
  await at("approval-note").fill("seen with the client");
  await at("approval-approve").click();
  await expect(at("approvals")).toContainText("seen with the client");
  await expect(at("approvals")).toContainText("approved");
  await expect(at("approval-approve")).toHaveCount(0);
});
