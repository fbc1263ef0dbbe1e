import axe from "axe-core";

/**
 * What breaks WCAG 2.2 AA on the page, each with the element it is about. Colours and sizes need a layout, which jsdom has
 * not: those are looked at in a browser.
 */
export async function wrongs(): Promise<string[]> {
  const found = await axe.run(document.body, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"],
    rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } },
  });
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
