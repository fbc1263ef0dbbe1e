import { expect, look, test, typeIntoPalette } from "./desk";

// others leave it in their language
test.beforeEach(({ desk }) => look(desk, "en", "light"));

test("a held order's cause is read, and a retry without a fix says that it is still held", async ({ desk }) => {
  await desk.at("nav-failures").click();
  await desk.at("show-group-address_incomplete").click();
  await desk.at("row-10417").click();
  await expect(desk.at("drawer-state")).toHaveAttribute("data-state", "held");
  await expect(desk.at("drawer")).toContainText("Safe to retry");
  await desk.at("drawer-retry").click();
  await expect(desk.at("safe-because")).toContainText("nothing was sent");
  await desk.at("confirm").click();
  await expect(desk.at("retry-report")).toContainText("still held");
  await desk.at("confirm").click();
  await expect(desk.at("drawer-state")).toHaveAttribute("data-state", "held");
});

test("the address tells the screen and the record, and opens both again", async ({ desk }) => {
  await desk.at("nav-invoices").click();
  await desk.at("row-10440").click();
  await expect(desk.at("drawer")).toBeVisible();
  const address = desk.page.url();
  expect(address).toContain("/invoices");
  await desk.page.reload();
  await expect(desk.at("drawer")).toContainText("10440");
  expect(desk.page.url()).toBe(address);
});

const keys = {
  connections: "c",
  mappings: "m",
  orders: "o",
  invoices: "i",
  failures: "f",
  reconcile: "r",
  einvoice: "e",
  activity: "a",
  settings: "s",
  overview: "h",
};

test("every screen is reached by keyboard alone", async ({ desk }) => {
  // the choice of a language takes keys of its own
  await desk.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (const [screen, key] of Object.entries(keys)) {
    await desk.page.keyboard.press("g");
    await desk.page.keyboard.press(key);
    await expect(desk.page).toHaveURL(new RegExp(`#/${screen}`));
    await expect(desk.page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  await typeIntoPalette(desk.page, "Reconcile");
  await desk.page.keyboard.press("Enter");
  await expect(desk.page.getByRole("heading", { level: 1 })).toHaveText("Reconcile");
});
