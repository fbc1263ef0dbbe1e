import AxeBuilder from "@axe-core/playwright";
import { type Desk, expect } from "./desk";

/** What WCAG 2.2 AA says of the page as it stands. */
export async function audit({ page }: Desk, what: string) {
  const found = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  const told = found.violations.map(
    (one) => `${what}: ${one.id} (${one.impact}): ${one.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.failureSummary?.split("\n")[1] ?? ""}`).join(" | ")}`,
  );
  expect.soft(told).toEqual([]);
}
