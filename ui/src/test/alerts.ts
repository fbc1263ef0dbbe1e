import type { AlertChannelInfo, AlertRuleInfo, AlertsInfo, NoticeInfo, NoticeSendInfo } from "../api/generated/api";

export const taken: NoticeSendInfo = {
  channelId: "ach_mail",
  kind: "mail",
  name: "Office",
  state: "sent",
  tries: 1,
  nextMs: null,
  endedMs: 1_764_000_000_000,
  code: "",
  said: "",
};

export const refused: NoticeSendInfo = { ...taken, state: "failed", code: "login_refused", said: "535 5.7.8 Error: authentication failed" };

export const desktop: AlertChannelInfo = {
  id: "desktop",
  kind: "desktop",
  name: "",
  enabled: true,
  mail: null,
  url: null,
  hasSecret: false,
  last: null,
};

export const mail: AlertChannelInfo = {
  id: "ach_mail",
  kind: "mail",
  name: "Office",
  enabled: true,
  mail: { host: "mail.atelier.ro", port: 465, security: "tls", user: "alerts", from: "alerts@atelier.ro", to: ["ana@atelier.ro", "dan@atelier.ro"] },
  url: null,
  hasSecret: true,
  last: taken,
};

export const webhook: AlertChannelInfo = {
  id: "ach_hook",
  kind: "webhook",
  name: "Chat",
  enabled: false,
  mail: null,
  url: "https://chat.atelier.ro/punte",
  hasSecret: true,
  last: { ...taken, channelId: "ach_hook", kind: "webhook", name: "Chat", state: "failed", code: "gone", said: "410" },
};

const rule = (name: string, unit: string, usual: number, least: number, most: number): AlertRuleInfo => ({
  rule: name,
  on: true,
  threshold: usual,
  channels: null,
  passesQuiet: false,
  inDigest: false,
  unit,
  usual,
  least,
  most,
});

export const alerts: AlertsInfo = {
  rules: [rule("failure_group", "records", 1, 1, 1000), rule("in_doubt", "minutes", 60, 30, 10080), rule("series_gap", "", 0, 0, 0)],
  channels: [desktop, mail, webhook],
  quiet: { on: false, fromMinute: 1320, untilMinute: 420 },
  digest: { on: false, atMinute: 480 },
  open: [
    {
      id: "alt_1",
      rule: "backup_overdue",
      cause: "backup",
      title: "No backup has been made yet",
      path: "/settings?section=backup",
      sinceMs: 1_764_000_000_000,
      toldMs: null,
      clearMs: null,
    },
  ],
};

export const notice: NoticeInfo = {
  row: 7,
  id: "ntc_1",
  kind: "raised",
  atMs: 1_764_000_000_000,
  subject: "Atelier: No backup has been made yet",
  text: "Atelier\n- No backup has been made yet",
  items: [],
  sends: [taken, { ...refused, channelId: "ach_hook", kind: "webhook", name: "Chat", state: "waiting", nextMs: 1_764_000_300_000, tries: 2, code: "answered", said: "500" }],
};
