import type { PDFDocumentProxy, PDFPageProxy, RenderTask } from "pdfjs-dist";
import { bytesOf } from "../../lib/files";

/** CSS pixels in a PDF's unit, of which 72 make an inch. */
export const UNIT_PX = 96 / 72;

export interface Pdf {
  pages: PDFPageProxy[];
  close: () => void;
}

const MAX_PAGES = 200;

/** Reads a PDF with all that it needs from the window's own files: nothing is fetched, nothing is compiled. */
export async function openPdf(base64: string): Promise<Pdf> {
  const [pdfjs, worker] = await Promise.all([
    import("pdfjs-dist/legacy/build/pdf.mjs"),
    import("pdfjs-dist/legacy/build/pdf.worker.min.mjs?url"),
  ]);
  pdfjs.GlobalWorkerOptions.workerSrc = worker.default;
  const task = pdfjs.getDocument({
    data: bytesOf(base64),
    StandardFontDataFactory: OwnFonts,
    useWorkerFetch: false,
    useSystemFonts: false,
    isEvalSupported: false,
    useWasm: false,
    enableXfa: false,
    stopAtErrors: false,
  });
  try {
    const document = await task.promise;
    return { pages: await pagesOf(document), close: () => void task.destroy() };
  } catch (error) {
    void task.destroy();
    throw error;
  }
}

function pagesOf(document: PDFDocumentProxy): Promise<PDFPageProxy[]> {
  const count = Math.min(document.numPages, MAX_PAGES);
  return Promise.all(Array.from({ length: count }, (_, at) => document.getPage(at + 1)));
}

/** Draws a page sharply for the screen's density. */
export function drawPage(page: PDFPageProxy, canvas: HTMLCanvasElement, scale: number): RenderTask {
  const ratio = window.devicePixelRatio || 1;
  const viewport = page.getViewport({ scale: scale * ratio });
  canvas.width = Math.floor(viewport.width);
  canvas.height = Math.floor(viewport.height);
  return page.render({ canvas, viewport });
}

const fonts = import.meta.glob<string>("/node_modules/pdfjs-dist/standard_fonts/*.{ttf,pfb}", {
  query: "?url&inline",
  import: "default",
});

/** The fonts that a PDF may take for granted, each in a script of its own: the window's policy lets nothing be fetched. */
class OwnFonts {
  async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
    const load = fonts[`/node_modules/pdfjs-dist/standard_fonts/${filename}`];
    if (!load) throw new Error(filename);
    const uri = await load();
    return bytesOf(uri.slice(uri.indexOf(",") + 1));
  }
}
