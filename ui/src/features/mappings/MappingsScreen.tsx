import { VisuallyHidden } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { MappingInfo, Mappings } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { usePlace } from "../../shared/lib/navigation";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { MappingList } from "./MappingList";

// the expression editor is large, and the window opens without it
const Editor = lazy(() => import("./editor/Editor"));

/** The mappings, or one of them under edit: the one that the address names, its order's, or the only one there is. */
export function MappingsScreen() {
  const place = usePlace();
  const mappings = useAsk("mappings.list", {});
  const asksRecord = place.document !== undefined || place.order !== undefined;
  const request = { orderId: place.document === undefined ? (place.order ?? null) : null, documentId: place.document ?? null };
  const record = useAsk("record.get", request, asksRecord);
  const connections = useAsk("connections.list", {}, asksRecord && place.mapping === undefined);
  const waits = asksRecord && (record.isLoading || (place.mapping === undefined && connections.isLoading));
  if (mappings.error) {
    return (
      <div className="screen">
        <ErrorNote error={mappings.error} again={() => void mappings.refetch()} />
      </div>
    );
  }
  if (!mappings.data || waits) return <Waiting />;
  const flow = connections.data?.flows.find((one) => one.id === record.data?.flowId);
  const all = mappings.data.mappings;
  const only = asksRecord || all.length === 1 ? all[0]?.id : undefined;
  const wanted = place.mapping ?? flow?.mappingId ?? only;
  const id = all.find((one) => one.id === wanted)?.id;
  if (id === undefined) return <MappingList known={mappings.data} />;
  const orderId = place.order ?? (place.document === undefined ? undefined : record.data?.order.id);
  return <Opened key={id} id={id} known={mappings.data} orderId={orderId} />;
}

function Waiting() {
  return (
    <div className="screen">
      <Loading />
    </div>
  );
}

function Opened({ id, known, orderId }: { id: string; known: Mappings; orderId: string | undefined }) {
  const mapping = useAsk("mappings.get", { id });
  const info: MappingInfo | null = mapping.data?.id === id ? mapping.data : null;
  if (mapping.error && !info) {
    return (
      <div className="screen">
        <ErrorNote error={mapping.error} again={() => void mapping.refetch()} />
      </div>
    );
  }
  if (!info) return <Waiting />;
  return (
    <Suspense fallback={<Waiting />}>
      <VisuallyHidden component="h1">{info.name}</VisuallyHidden>
      <Editor info={info} known={known} orderId={orderId} />
    </Suspense>
  );
}
