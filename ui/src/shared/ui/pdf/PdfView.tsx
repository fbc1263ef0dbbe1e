import { ActionIcon, Button, Group, Stack, Text, Tooltip } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { IconArrowsHorizontal, IconDownload, IconMinus, IconPlus, type TablerIcon } from "@tabler/icons-react";
import type { PDFPageProxy } from "pdfjs-dist";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FileContent } from "../../../api/generated/api";
import { useAsk } from "../../../api/queries";
import { ids } from "../../lib/testids";
import { ErrorNote } from "../ErrorNote";
import { Loading } from "../Loading";
import { useSave } from "../useSave";
import { drawPage, openPdf, type Pdf, UNIT_PX } from "./engine";

const STEP = 1.25;
const SMALLEST = 0.4;
const LARGEST = 4;

/** The document's PDF, asked of the provider and drawn here: the system's web view shows none by itself. */
export function PdfView({ id }: { id: string }) {
  const client = useQueryClient();
  const file = useAsk("documents.pdf", { id });
  // what was done to the document since may stand on it: each time it is opened the provider is asked
  useEffect(() => () => client.removeQueries({ queryKey: ["documents.pdf", { id }] }), [client, id]);
  if (file.error) return <ErrorNote error={file.error} again={() => void file.refetch()} />;
  if (!file.data || file.isPlaceholderData) return <Loading />;
  return <PdfFile key={id} file={file.data} />;
}

type Opening = { pdf: Pdf } | "broken" | null;

/** A PDF that is here already, drawn page by page. */
export function PdfFile({ file }: { file: FileContent }) {
  const { t } = useTranslation();
  const [opening, setOpening] = useState<Opening>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let left = false;
    let close = () => {};
    setOpening(null);
    openPdf(file.base64).then(
      (pdf) => {
        if (left) return pdf.close();
        close = pdf.close;
        setOpening({ pdf });
      },
      () => !left && setOpening("broken"),
    );
    return () => {
      left = true;
      close();
    };
  }, [file.base64, tries]);
  if (opening === null) return <Loading />;
  if (opening === "broken") {
    return (
      <Stack gap="xs" align="flex-start" role="alert">
        <Text size="sm">{t("pdf.broken")}</Text>
        <Button variant="default" onClick={() => setTries(tries + 1)}>
          {t("common.tryAgain")}
        </Button>
      </Stack>
    );
  }
  return <Pages pdf={opening.pdf} file={file} />;
}

function Pages({ pdf, file }: { pdf: Pdf; file: FileContent }) {
  const { t, i18n } = useTranslation();
  const { ref, width } = useElementSize();
  const save = useSave();
  /** Null fits the width. */
  const [zoom, setZoom] = useState<number | null>(null);
  const first = pdf.pages[0]?.getViewport({ scale: UNIT_PX }).width ?? 1;
  const fit = width > 0 ? width / first : 1;
  const shown = zoom ?? fit;
  const by = (factor: number) => setZoom(Math.min(LARGEST, Math.max(SMALLEST, shown * factor)));
  const count = pdf.pages.length;
  return (
    <Stack gap="sm" data-testid={ids.pdf}>
      <Group className="pdf-bar" gap={4} wrap="nowrap">
        <Text size="sm" c="dimmed" mr="auto" data-testid={ids.pdfCount} data-count={count}>
          {t("pdf.pages", { count })}
        </Text>
        <Tool icon={IconMinus} name="out" off={shown <= SMALLEST} act={() => by(1 / STEP)} />
        <Text size="sm" ta="center" w={56} className="num" aria-live="polite">
          {t("pdf.zoom", { percent: new Intl.NumberFormat(i18n.language).format(Math.round(shown * 100)) })}
        </Text>
        <Tool icon={IconPlus} name="in" off={shown >= LARGEST} act={() => by(STEP)} />
        <Tool icon={IconArrowsHorizontal} name="fit" off={zoom === null} act={() => setZoom(null)} />
        <Tool icon={IconDownload} name="save" off={false} act={() => save(file)} />
      </Group>
      <div ref={ref}>
        {/* drawn once the width is known, not before at another one */}
        {width > 0 &&
          pdf.pages.map((page) => (
            <Page key={page.pageNumber} page={page} count={count} scale={shown * UNIT_PX} />
          ))}
      </div>
    </Stack>
  );
}

interface ToolProps {
  icon: TablerIcon;
  name: "in" | "out" | "fit" | "save";
  off: boolean;
  act: () => void;
}

function Tool({ icon: Icon, name, off, act }: ToolProps) {
  const { t } = useTranslation();
  const label = t(`pdf.${name}`);
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" disabled={off} onClick={act} aria-label={label} data-testid={ids.pdfZoom(name)}>
        <Icon size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

function Page({ page, count, scale }: { page: PDFPageProxy; count: number; scale: number }) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drawn, setDrawn] = useState(false);
  const { width, height } = page.getViewport({ scale });
  useEffect(() => {
    if (!canvas.current) return;
    let left = false;
    setDrawn(false);
    const task = drawPage(page, canvas.current, scale);
    task.promise.then(
      () => !left && setDrawn(true),
      () => {}, // given up for another size, or a page that cannot be drawn: the others stand
    );
    return () => {
      left = true;
      task.cancel();
    };
  }, [page, scale]);
  return (
    <canvas
      // a canvas cannot be drawn on twice at a time: another size is another canvas
      key={scale}
      ref={canvas}
      role="img"
      aria-label={t("pdf.page", { page: page.pageNumber, count })}
      className="pdf-page"
      style={{ width, height }}
      data-testid={ids.pdfPage(page.pageNumber)}
      data-drawn={drawn}
    />
  );
}
