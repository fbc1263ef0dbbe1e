import { useAsk } from "../../api/queries";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { PdfFile } from "../../shared/ui/pdf/PdfView";

/** The paper of a document at the provider, before it is linked. */
export function CandidatePdf(request: { id: string; series: string; number: string }) {
  const file = useAsk("doubts.candidate_pdf", request);
  if (file.error) return <ErrorNote error={file.error} again={() => void file.refetch()} />;
  if (!file.data || file.isPlaceholderData) return <Loading />;
  return <PdfFile key={request.number} file={file.data} />;
}
