import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { expect, test } from "vitest";
import type { JobInfo, ScheduleInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { failure } from "../../test/samples";
import { show } from "../../test/show";
import { Schedule } from "./Schedule";

const job: JobInfo = {
  id: "poll:con_1",
  kind: "poll",
  about: "Atelier",
  everyMs: 60_000,
  lastMs: Date.now() - 30_000,
  nextMs: Date.now() + 120_000,
  running: false,
  outcome: "ok",
  counts: {},
  failure: null,
};
const schedule: ScheduleInfo = {
  retentionMonths: 24,
  jobs: [
    job,
    { ...job, id: "health:con_2", kind: "health", about: "SmartBill", outcome: "failed", failure: { ...failure, providerWords: "gresit" } },
    { ...job, id: "reconcile:con_2:RO1:FCT", kind: "reconcile", about: "SmartBill · FCT", running: true, nextMs: null },
    { ...job, id: "retention", kind: "retention", about: "", lastMs: null, outcome: "" },
    { ...job, id: "payments:con_2", kind: "payments", about: "SmartBill", counts: { read: 3, unread: 0 } },
  ],
};

test("each job says when it ran, what came of it, and when it runs next", async () => {
  const { t } = await show(<Schedule />, { "schedule.list": schedule });
  const row = (id: string) => screen.findByTestId(ids.job(id));
  expect(await row("poll:con_1")).toHaveTextContent(`${t("schedule.kind.poll")} · Atelier`);
  expect(await row("poll:con_1")).toHaveTextContent(/in 1 min|in 2 min/);
  expect(await row("health:con_2")).toHaveTextContent("gresit");
  expect(await row("health:con_2")).toHaveTextContent(t("schedule.outcome.failed"));
  expect(await row("retention")).toHaveTextContent(t("schedule.never"));
  expect(await row("payments:con_2")).toHaveTextContent("3 read");
  expect(await row("payments:con_2")).not.toHaveTextContent("could not");
  const running = await row("reconcile:con_2:RO1:FCT");
  expect(running).toHaveTextContent(t("schedule.running"));
  expect(within(running).getByTestId(ids.jobRun("reconcile:con_2:RO1:FCT"))).toBeDisabled();
  await i18next.changeLanguage("ro");
  expect(await screen.findByText("Program")).toBeVisible();
});

test("a job is run now", async () => {
  const { calls } = await show(<Schedule />, { "schedule.list": schedule, "schedule.run_now": {} });
  await userEvent.click(await screen.findByTestId(ids.jobRun("poll:con_1")));
  await waitFor(() => expect(calls).toContainEqual({ command: "schedule.run_now", request: { id: "poll:con_1" } }));
});

test("an error names itself and offers another try", async () => {
  const { t } = await show(<Schedule />, { "schedule.list": new Error("busy") });
  expect(await screen.findByText("busy")).toBeVisible();
  expect(screen.getByText(t("common.tryAgain"))).toBeVisible();
});
