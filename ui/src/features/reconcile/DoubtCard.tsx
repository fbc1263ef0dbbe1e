import { Anchor, Badge, Button, Group, Stack, Text, Title, Tooltip } from "@mantine/core";
import { IconEye, IconQuestionMark } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CandidateInfo, Doubt } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { CopyText } from "../../shared/ui/CopyText";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { MayButton } from "../../shared/ui/MayButton";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";
import { useMay } from "../../shared/ui/useMay";
import { CandidatePdf } from "./CandidatePdf";
import { AbsentDialog, IssueDialog, LinkDialog } from "./DoubtDialogs";

type Act = { what: "link"; candidate: CandidateInfo } | { what: "absent" } | { what: "issue" } | null;

const numberOf = (candidate: CandidateInfo) => `${candidate.series} ${candidate.number}`;

/** What keeps it from being declared never issued. Once the quiet time is over, only a look that could read the provider is missing. */
function whyBarred(t: TFunction, { absentBlocked, quietUntilMs, looks }: Doubt): string {
  if (absentBlocked === "found" || quietUntilMs !== null) return t(`absent.${absentBlocked}`);
  const failure = looks[0]?.failure;
  if (failure) return t("absent.failed", { why: t(`failure.${failure.kind}.title`) });
  return t(absentBlocked === "quiet_time" ? "absent.not_since" : `absent.${absentBlocked}`);
}

/** A document whose outcome is not known, and what the provider showed of it. */
export function DoubtCard({ doubt }: { doubt: Doubt }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const look = useAct("doubts.look");
  const [act, setAct] = useState<Act>(null);
  const { document } = doubt;
  const { why } = useMay("doubts.declare_absent");
  const barred = doubt.absentBlocked ? whyBarred(t, doubt) : why;
  return (
    <section className="card two even" data-testid={ids.doubt(document.orderNumber)}>
      <Stack gap={8}>
        <Group gap={8}>
          <IconQuestionMark size={17} color="var(--state-doubt)" aria-hidden />
          <Title order={2}>{t("record.title", { number: document.orderNumber, client: document.client })}</Title>
          <Text fw={600} ml="auto">
            {format.amount(document.total)}
          </Text>
        </Group>
        <Text size="sm">{t("reconcile.sent", { time: format.clock(doubt.sentMs, true), provider: t(`system.${document.provider}`) })}</Text>
        <FailureText failure={doubt.failure} />
        <Group gap={6}>
          <Text size="sm" c="dimmed">
            {t("record.reference")}
          </Text>
          <CopyText text={document.reference} />
        </Group>
      </Stack>
      <Stack gap={8}>
        <Evidence doubt={doubt} onLink={(candidate) => setAct({ what: "link", candidate })} />
        {look.error && <ErrorNote error={look.error} />}
        <Group gap="xs" mt="auto">
          <MayButton
            command="doubts.look"
            leftSection={<IconEye size={15} />}
            variant="default"
            loading={look.isPending}
            onClick={() => look.mutate({ id: document.id })}
          >
            {t("reconcile.look")}
          </MayButton>
          <Button variant="default" onClick={() => go.stay({ document: document.id })}>
            {t("reconcile.openRecord")}
          </Button>
          <Tooltip label={barred} disabled={!barred}>
            <Button
              variant="subtle"
              color="red"
              data-disabled={barred ? true : undefined}
              disabled={barred !== undefined}
              onClick={() => setAct({ what: "absent" })}
              data-testid={ids.declareAbsent}
            >
              {t("reconcile.absent")}
            </Button>
          </Tooltip>
          <Tooltip label={barred} disabled={!barred}>
            <Button
              variant="subtle"
              color="red"
              data-disabled={barred ? true : undefined}
              disabled={barred !== undefined}
              onClick={() => setAct({ what: "issue" })}
              data-testid={ids.issueAbsent}
            >
              {t("candidate.issue")}
            </Button>
          </Tooltip>
        </Group>
        {barred && (
          <Text size="xs" c="dimmed">
            {t("reconcile.absent")}
            {": "}
            {barred}
          </Text>
        )}
      </Stack>
      <LinkDialog doubt={doubt} candidate={act?.what === "link" ? act.candidate : null} close={() => setAct(null)} />
      <IssueDialog doubt={doubt} opened={act?.what === "issue"} close={() => setAct(null)} />
      <AbsentDialog doubt={doubt} opened={act?.what === "absent"} close={() => setAct(null)} />
    </section>
  );
}

function Evidence({ doubt, onLink }: { doubt: Doubt; onLink: (candidate: CandidateInfo) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const look = doubt.looks[0];
  const [shown, setShown] = useState<string | null>(null);
  const shownCandidate = look?.candidates.find((candidate) => numberOf(candidate) === shown);
  const provider = t(`system.${doubt.document.provider}`);
  return (
    <>
      <Title order={3}>{t("reconcile.evidence", { provider })}</Title>
      {doubt.parked && <Text size="sm">{t(`parked.${doubt.parkedReason}`)}</Text>}
      {!doubt.parked && (
        <Text size="sm" c="dimmed">
          {doubt.quietUntilMs === null
            ? t(look?.failure ? "reconcile.unread" : "reconcile.looking", { provider })
            : t("reconcile.again", { time: format.clock(doubt.quietUntilMs, true) })}
        </Text>
      )}
      {!look && <Text size="sm">{t("reconcile.notLooked")}</Text>}
      {look && (
        <Text size="sm">
          {t("reconcile.looked")} <Time ms={look.atMs} />
          {look.baselineNumber && ` · ${t("reconcile.from", { number: look.baselineNumber })}`}
          {look.nextNumber && ` · ${t("reconcile.next", { number: look.nextNumber })}`}
          {!look.complete && ` · ${t("reconcile.incomplete")}`}
        </Text>
      )}
      {look?.failure && <FailureText failure={look.failure} brief />}
      {look && look.candidates.length === 0 && !look.failure && (
        <Text size="sm">{t("reconcile.nothingFound")}</Text>
      )}
      {look && look.candidates.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th>{t("invoices.number")}</th>
              <th className="num">{t("orders.total")}</th>
              <th>{t("candidate.client")}</th>
              <th>{t("record.reference")}</th>
              <th />
              <th />
            </tr>
          </thead>
          <tbody>
            {look.candidates.map((candidate) => (
              <tr key={numberOf(candidate)}>
                <td>
                  {candidate.link ? (
                    <Anchor href={candidate.link} target="_blank" rel="noreferrer" size="sm">
                      {numberOf(candidate)}
                    </Anchor>
                  ) : (
                    numberOf(candidate)
                  )}
                </td>
                <td className="num">{candidate.total ? format.decimal(candidate.total) : t("common.none")}</td>
                <td>{candidate.client ?? t("common.none")}</td>
                <td>
                  {t(`reconcile.reference.${candidate.reference}`)}
                  {candidate.cancelled && ` · ${t("state.cancelled")}`}
                </td>
                <td>
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-expanded={candidate === shownCandidate}
                    onClick={() => setShown(candidate === shownCandidate ? null : numberOf(candidate))}
                    data-testid={ids.candidatePdf(candidate.number)}
                  >
                    {t(candidate === shownCandidate ? "candidate.previewHide" : "candidate.preview", { number: numberOf(candidate) })}
                  </Button>
                </td>
                <td className="num">
                  {candidate.taken ? (
                    <Badge color="gray" variant="light" tt="none">
                      {t("reconcile.taken")}
                    </Badge>
                  ) : (
                    <MayButton
                      command="doubts.link"
                      size="compact-xs"
                      variant="light"
                      onClick={() => onLink(candidate)}
                      data-testid={ids.link(candidate.number)}
                    >
                      {t("reconcile.link", { number: numberOf(candidate) })}
                    </MayButton>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {shownCandidate && <CandidatePdf id={doubt.document.id} series={shownCandidate.series} number={shownCandidate.number} />}
    </>
  );
}
