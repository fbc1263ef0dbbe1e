import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { PDFPageProxy } from "pdfjs-dist";
import { beforeEach, expect, test, vi } from "vitest";
import { ids } from "../../shared/lib/testids";
import { issuedRecord } from "../../test/samples";
import { show } from "../../test/show";
import { RecordDrawer } from "./RecordDrawer";
import { openPdf } from "../../shared/ui/pdf/engine";

// jsdom has no canvas to draw on; that pdf.js draws in the window is a test of the window
vi.mock(import("../../shared/ui/pdf/engine"), async (original) => ({ ...(await original()), openPdf: vi.fn() }));

const drawer = <RecordDrawer order={undefined} document="doc_2" />;
const file = { name: "FCT0007.pdf", mediaType: "application/pdf", base64: "JVBERi0=" };
const drawn: [page: number, width: number][] = [];

function page(pageNumber: number): PDFPageProxy {
  return {
    pageNumber,
    getViewport: ({ scale }: { scale: number }) => ({ width: 595 * scale, height: 842 * scale }),
    render: ({ viewport }: { viewport: { width: number } }) => {
      drawn.push([pageNumber, Math.round(viewport.width)]);
      return { promise: Promise.resolve(), cancel: () => {} };
    },
  } as unknown as PDFPageProxy;
}

/** Tells a width at once, for without one no page is drawn. */
class Observer {
  readonly tell: ResizeObserverCallback;
  constructor(tell: ResizeObserverCallback) {
    this.tell = tell;
  }
  observe(target: Element) {
    this.tell([{ target, contentRect: new DOMRect(0, 0, 480, 640) } as ResizeObserverEntry], this);
  }
  unobserve() {}
  disconnect() {}
}

beforeEach(() => {
  drawn.length = 0;
  window.ResizeObserver = Observer;
  vi.mocked(openPdf).mockReset().mockResolvedValue({ pages: [page(1), page(2)], close: () => {} });
});

test("the PDF is asked of the provider and every page drawn", async () => {
  const { calls, t } = await show(drawer, { "record.get": issuedRecord, "documents.pdf": file });
  await userEvent.click(await screen.findByTestId(ids.drawerAct("pdf")));
  expect(await screen.findByTestId(ids.pdfCount)).toHaveTextContent("2 pages");
  expect(calls).toContainEqual({ command: "documents.pdf", request: { id: "doc_2" } });
  expect(vi.mocked(openPdf)).toHaveBeenCalledWith(file.base64);
  await waitFor(() => expect(screen.getByTestId(ids.pdfPage(2))).toHaveAttribute("data-drawn", "true"));
  expect(screen.getByTestId(ids.pdfPage(1))).toHaveAccessibleName(t("pdf.page", { page: 1, count: 2 }));
});

test("it grows, shrinks, and fits again", async () => {
  await show(drawer, { "record.get": issuedRecord, "documents.pdf": file });
  await userEvent.click(await screen.findByTestId(ids.drawerTab("pdf")));
  const width = () => Number.parseInt(screen.getByTestId(ids.pdfPage(1)).style.width, 10);
  expect(await screen.findByTestId(ids.pdfZoom("fit"))).toBeDisabled();
  await waitFor(() => expect(screen.getByTestId(ids.pdfPage(2))).toHaveAttribute("data-drawn", "true"));
  const fitting = width();
  expect(drawn.map(([, at]) => at)).toEqual([480, 480]); // once each, not first at a size that does not fit
  await userEvent.click(screen.getByTestId(ids.pdfZoom("in")));
  expect(width()).toBeGreaterThan(fitting);
  await waitFor(() => expect(drawn.at(-1)?.[1]).toBeGreaterThan(fitting));
  await userEvent.click(screen.getByTestId(ids.pdfZoom("fit")));
  expect(width()).toBe(fitting);
});

test("each time it is opened the provider is asked, for it may have changed there", async () => {
  const { calls } = await show(drawer, { "record.get": issuedRecord, "documents.pdf": file });
  await userEvent.click(await screen.findByTestId(ids.drawerTab("pdf")));
  await screen.findByTestId(ids.pdfCount);
  await userEvent.click(screen.getByTestId(ids.drawerTab("timeline")));
  await userEvent.click(screen.getByTestId(ids.drawerTab("pdf")));
  await screen.findByTestId(ids.pdfCount);
  expect(calls.filter((call) => call.command === "documents.pdf")).toHaveLength(2);
});

test("one that did not come can be asked for again", async () => {
  const { t, calls } = await show(drawer, { "record.get": issuedRecord, "documents.pdf": new Error("502") });
  await userEvent.click(await screen.findByTestId(ids.drawerTab("pdf")));
  expect(await screen.findByText("502")).toBeVisible();
  await userEvent.click(screen.getByText(t("common.tryAgain")));
  await waitFor(() => expect(calls.filter((call) => call.command === "documents.pdf")).toHaveLength(2));
});

test("one that is no PDF says so, and is tried again", async () => {
  vi.mocked(openPdf).mockRejectedValueOnce(new Error("InvalidPDFException"));
  const { t } = await show(drawer, { "record.get": issuedRecord, "documents.pdf": file });
  await userEvent.click(await screen.findByTestId(ids.drawerTab("pdf")));
  expect(await screen.findByText(t("pdf.broken"))).toBeVisible();
  await userEvent.click(screen.getByText(t("common.tryAgain")));
  expect(await screen.findByTestId(ids.pdfCount)).toHaveAttribute("data-count", "2");
});

test("before it is issued there is no PDF", async () => {
  const held = { ...issuedRecord, offers: [] };
  await show(drawer, { "record.get": held });
  await screen.findByTestId(ids.drawerTab("timeline"));
  expect(screen.queryByTestId(ids.drawerTab("pdf"))).toBeNull();
});
