import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { ids } from "../../../shared/lib/testids";
import { alerts, mail, notice, refused, taken } from "../../../test/alerts";
import { wrongs } from "../../../test/axe";
import { asViewer } from "../../../test/people";
import { show } from "../../../test/show";
import { Alerts } from "./Alerts";

const nothing = { rows: [], next: null };
const answers = { "alerts.get": alerts, "alerts.list": { rows: [notice], next: null } };
const act = (channel: string, what: string) => screen.findByTestId(ids.alertChannelAct(channel, what));
const field = (name: string) => screen.findByTestId(ids.alertField(name));
const retype = async (name: string, text: string) => {
  await userEvent.clear(await field(name));
  await userEvent.type(await field(name), text);
};

test("it says what is open, where it is told, and what was sent with what came of it at each channel", async () => {
  const { t } = await show(<Alerts />, answers);
  expect(await screen.findByTestId(ids.alertOpen("alt_1"))).toHaveTextContent("No backup has been made yet");
  expect(screen.getByTestId(ids.alertChannel("desktop"))).toHaveTextContent(t("alerts.channel.kind.desktop"));
  expect(screen.getByTestId(ids.alertChannel("ach_mail"))).toHaveTextContent("alerts@atelier.ro → ana@atelier.ro, dan@atelier.ro");
  const hook = screen.getByTestId(ids.alertChannel("ach_hook"));
  expect(hook).toHaveTextContent("https://chat.atelier.ro/punte");
  expect(hook).toHaveTextContent(t("alerts.failed.gone"));
  const sent = await screen.findByTestId(ids.alertNotice("ntc_1"));
  expect(sent).toHaveTextContent("Atelier: No backup has been made yet");
  expect(sent).toHaveTextContent(`Office${t("alerts.sent.state.sent")}`);
  expect(sent).toHaveTextContent(t("alerts.failed.answered"));
  expect(sent).toHaveTextContent(t("alerts.sent.tries", { count: 2 }));
  expect(await wrongs()).toEqual([]);
});

test("with nothing open and nothing sent it says so", async () => {
  const { t } = await show(<Alerts />, { "alerts.get": { ...alerts, open: [] }, "alerts.list": nothing });
  expect(await screen.findByText(t("alerts.open.none"))).toBeVisible();
  expect(await screen.findByText(t("alerts.sent.none"))).toBeVisible();
});

test("what is open leads to the screen that shows it", async () => {
  const { place } = await show(<Alerts />, answers);
  await userEvent.click(within(await screen.findByTestId(ids.alertOpen("alt_1"))).getByRole("button"));
  expect(place()).toBe("/settings?section=backup");
});

test("a test says what came of it, in words and in the server's", async () => {
  const { calls, t } = await show(<Alerts />, { ...answers, "alerts.test": refused });
  await userEvent.click(await act("ach_mail", "test"));
  const told = await screen.findByTestId(ids.alertTested("ach_mail"));
  expect(told).toHaveTextContent(t("alerts.channel.testFailed"));
  expect(told).toHaveTextContent(t("alerts.failed.login_refused"));
  expect(told).toHaveTextContent("535 5.7.8 Error: authentication failed");
  expect(calls).toContainEqual({ command: "alerts.test", request: { id: "ach_mail" } });
});

test("a test that was taken says where to look", async () => {
  const { t } = await show(<Alerts />, { ...answers, "alerts.test": taken });
  await userEvent.click(await act("ach_mail", "test"));
  expect(await screen.findByTestId(ids.alertTested("ach_mail"))).toHaveTextContent(t("alerts.channel.testTaken"));
  await userEvent.click(await act("desktop", "test"));
  expect(await screen.findByTestId(ids.alertTested("desktop"))).toHaveTextContent(t("alerts.channel.testShown"));
});

test("a channel is switched off as it is, and its secret stays", async () => {
  const { calls } = await show(<Alerts />, { ...answers, "alerts.set_channel": { id: "ach_mail", secret: null } });
  await userEvent.click(await act("ach_mail", "on"));
  const request = { id: "ach_mail", kind: "mail", name: "Office", enabled: false, mail: mail.mail, url: null, secret: "", remove: false };
  await waitFor(() => expect(calls).toContainEqual({ command: "alerts.set_channel", request }));
});

test("a mail server is added with one address a line, and the usual port follows the security", async () => {
  const { calls, t } = await show(<Alerts />, { ...answers, "alerts.set_channel": { id: "ach_2", secret: null } });
  await userEvent.click(await screen.findByTestId(ids.alertsAdd("mail")));
  await retype("host", "mail.firma.ro");
  await userEvent.click(await field("security"));
  await userEvent.click(await screen.findByText(t("alerts.form.securities.starttls")));
  expect(await field("port")).toHaveValue("587");
  await retype("user", "ana");
  await retype("password", "secret");
  await retype("from", "ana@firma.ro");
  await retype("to", "ana@firma.ro{Enter} dan@firma.ro ");
  // the window's theme names the cross
  expect((await wrongs()).filter((one) => !one.includes("mantine-Modal-close"))).toEqual([]);
  await userEvent.click(await field("save"));
  const server = { host: "mail.firma.ro", port: 587, security: "starttls", user: "ana", from: "ana@firma.ro", to: ["ana@firma.ro", "dan@firma.ro"] };
  const request = { id: null, kind: "mail", name: t("alerts.form.mailName"), enabled: true, mail: server, url: null, secret: "secret", remove: false };
  await waitFor(() => expect(calls).toContainEqual({ command: "alerts.set_channel", request }));
  await waitFor(() => expect(screen.queryByTestId(ids.alertField("save"))).toBeNull());
});

test("what is refused of a form stands at its field, in words", async () => {
  const refuse = () => {
    throw { code: "invalid_input", detail: "plain_not_here", field: "security", failure: null };
  };
  const { t } = await show(<Alerts />, { ...answers, "alerts.set_channel": refuse });
  await userEvent.click(await act("ach_mail", "edit"));
  expect(await field("to")).toHaveValue("ana@atelier.ro\ndan@atelier.ro");
  await userEvent.click(await field("save"));
  expect(await screen.findByText(t("alerts.form.wrong.security"))).toBeVisible();
  expect(screen.queryByTestId("error-note")).toBeNull();
});

test("the secret that Punte made for a webhook is shown once, before the form closes", async () => {
  const saved = { id: "ach_3", secret: "whsec_AAAA" };
  const { calls, t } = await show(<Alerts />, { ...answers, "alerts.set_channel": saved });
  await userEvent.click(await screen.findByTestId(ids.alertsAdd("webhook")));
  await retype("url", " https://chat.firma.ro/x ");
  await userEvent.click(await field("save"));
  expect(await screen.findByTestId(ids.alertMade)).toHaveTextContent("whsec_AAAA");
  expect(screen.getByText(t("alerts.form.madeText"))).toBeVisible();
  const request = { id: null, kind: "webhook", name: t("alerts.form.webhookName"), enabled: true, mail: null, url: "https://chat.firma.ro/x", secret: "", remove: false };
  expect(calls).toContainEqual({ command: "alerts.set_channel", request });
  await userEvent.click(await field("done"));
  await waitFor(() => expect(screen.queryByTestId(ids.alertMade)).toBeNull());
});

test("a channel is removed after it was asked, and the desktop cannot be", async () => {
  const { calls } = await show(<Alerts />, { ...answers, "alerts.set_channel": { id: "ach_hook", secret: null } });
  await userEvent.click(await act("ach_hook", "remove"));
  expect(calls.some(({ command }) => command === "alerts.set_channel")).toBe(false);
  await userEvent.click(await screen.findByTestId(ids.confirm));
  await waitFor(() => {
    const asked = calls.find(({ command }) => command === "alerts.set_channel");
    expect(asked?.request).toMatchObject({ id: "ach_hook", remove: true, secret: "" });
  });
  expect(screen.queryByTestId(ids.alertChannelAct("desktop", "remove"))).toBeNull();
});

test("rules, quiet hours and digest are saved together, and nothing before", async () => {
  const { calls, t } = await show(<Alerts />, { ...answers, "alerts.set": alerts });
  const save = await screen.findByTestId(ids.alertRulesSave);
  expect(save).toBeDisabled();
  const threshold = screen.getByTestId(ids.alertRuleField("in_doubt", "threshold"));
  await userEvent.clear(threshold);
  await userEvent.type(threshold, "90");
  await userEvent.click(screen.getByTestId(ids.alertRuleField("failure_group", "channels")));
  await userEvent.click(await screen.findByRole("option", { name: "Office" }));
  await userEvent.click(screen.getByTestId(ids.alertRuleField("failure_group", "digest")));
  await userEvent.click(screen.getByTestId(ids.alertRuleField("series_gap", "on")));
  expect(screen.queryByTestId(ids.alertRuleField("series_gap", "threshold"))).toBeNull();
  await userEvent.click(screen.getByTestId(ids.alertHours("quiet")));
  expect(screen.getByTestId(ids.alertHours("from"))).toHaveValue("22:00");
  expect(screen.getByLabelText(t("alerts.hours.until"))).toHaveValue("07:00");
  expect(calls.some(({ command }) => command === "alerts.set")).toBe(false);
  await userEvent.click(save);
  const plain = { on: true, channels: null, passesQuiet: false, inDigest: false };
  const request = {
    rules: [
      { ...plain, rule: "failure_group", threshold: 1, channels: ["ach_mail"], inDigest: true },
      { ...plain, rule: "in_doubt", threshold: 90 },
      { ...plain, rule: "series_gap", on: false, threshold: 0 },
    ],
    quiet: { on: true, fromMinute: 1320, untilMinute: 420 },
    digest: alerts.digest,
  };
  await waitFor(() => expect(calls).toContainEqual({ command: "alerts.set", request }));
});

test("quiet hours that end when they begin are refused in words", async () => {
  const refuse = () => {
    throw { code: "invalid_input", detail: "they end when they begin", field: "quietUntil", failure: null };
  };
  const { t } = await show(<Alerts />, { ...answers, "alerts.set": refuse });
  await userEvent.click(await screen.findByTestId(ids.alertHours("quiet")));
  await userEvent.click(screen.getByTestId(ids.alertRulesSave));
  expect(await screen.findByTestId(ids.alertRulesWrong)).toHaveTextContent(t("alerts.rule.wrong.quietUntil"));
});

test("whoever only looks sees it all, and finds every act off with the reason", async () => {
  const { t } = await show(<Alerts />, { ...answers, "session.get": asViewer });
  expect(await act("ach_mail", "test")).toHaveAttribute("aria-disabled", "true");
  expect(await act("ach_mail", "on")).toBeDisabled();
  expect(screen.getByTestId(ids.alertRulesSave)).toHaveAccessibleDescription(t("needsRole.admin"));
});

test("older notices are asked for", async () => {
  const older = { ...notice, id: "ntc_0", row: 3 };
  const pages = (request: { before: number | null }) => (request.before === null ? { rows: [notice], next: 7 } : { rows: [older], next: null });
  const { calls } = await show(<Alerts />, { ...answers, "alerts.list": pages });
  await userEvent.click(await screen.findByTestId(ids.alertsOlder));
  expect(await screen.findByTestId(ids.alertNotice("ntc_0"))).toBeVisible();
  expect(calls).toContainEqual({ command: "alerts.list", request: { before: 7, limit: 20 } });
});

test("who is sent to it sees it at once", async () => {
  const scroll = vi.fn();
  Element.prototype.scrollIntoView = scroll;
  await show(<Alerts />, answers, "/settings?section=alerts");
  expect(scroll).toHaveBeenCalled();
});
