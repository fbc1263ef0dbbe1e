import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { FlowInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { show } from "../../test/show";
import { FlowLines } from "./FlowLines";

/** Where each card stands: left, top, width, height. */
const PLACES: Record<string, [number, number, number, number]> = {
  woo: [100, 50, 200, 100],
  shopify: [100, 170, 200, 100],
  flow_woo: [350, 50, 200, 80],
  flow_shopify: [350, 140, 200, 80],
  smartbill: [600, 50, 200, 100],
  oblio: [600, 170, 200, 100],
};

afterEach(() => vi.restoreAllMocks());

test("each line joins the cards of its own flow, wherever they stand", async () => {
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(function (this: Element) {
    const card = (this as HTMLElement).dataset.card;
    return new DOMRect(...((card && PLACES[card]) || [100, 20, 700, 400]));
  });
  const flows = [
    { id: "flow_woo", shopId: "woo", billingId: "smartbill" },
    { id: "flow_shopify", shopId: "shopify", billingId: "oblio" },
    { id: "flow_gone", shopId: "woo", billingId: "smartbill" },
  ] as FlowInfo[];
  await show(
    <FlowLines flows={flows}>
      {Object.keys(PLACES).map((card) => (
        <div key={card} data-card={card} />
      ))}
    </FlowLines>,
    {},
  );
  const ends = (from: string, to: string) => {
    const [start, , , end] = (screen.getByTestId(ids.flowLine(from, to)).getAttribute("d") ?? "").slice(1).replace("C", "").split(" ");
    return [start, end];
  };
  expect(ends("woo", "flow_woo")).toEqual(["200,80", "250,70"]);
  expect(ends("shopify", "flow_shopify")).toEqual(["200,200", "250,160"]);
  expect(ends("flow_shopify", "oblio")).toEqual(["450,160", "500,200"]);
  expect(ends("flow_woo", "smartbill")).toEqual(["450,70", "500,80"]);
  expect(screen.queryByTestId(ids.flowLine("woo", "flow_gone")), "a flow without a card has no line").toBeNull();
});
