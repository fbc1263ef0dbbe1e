import { expect, test } from "./desk";

test("a held order's cause is read, and a retry without a fix says that it is still held", async ({ desk }) => {
  await desk.at("nav-failures").click();
  await desk.at("show-group-address_incomplete").click();
  await desk.at("row-10417").click();
  await expect(desk.at("drawer-state")).toHaveAttribute("data-state", "held");
  await expect(desk.at("drawer")).toContainText("Safe to retry");
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

test("every screen is reached by keyboard alone", async ({ desk }) => {
  await desk.page.keyboard.press("Control+k");
  await desk.page.keyboard.type("Reconcile");
  await desk.page.keyboard.press("Enter");
  await expect(desk.page.getByRole("heading", { level: 1 })).toHaveText("Reconcile");
});
