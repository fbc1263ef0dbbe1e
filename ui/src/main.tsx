import "@fontsource-variable/inter";
import "@mantine/core/styles.css";
import "@mantine/charts/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./app/app.css";
import "./app/contrast.css";
import "./app/motion.css";
import { createRoot } from "react-dom/client";
import { httpHost } from "./api/http";
import { takeToken } from "./api/loopback";
import { isInWindow, tauriHost } from "./api/tauri";
import { App } from "./app/App";
import { startI18n, systemLanguage } from "./app/i18n";
import { begin } from "./shared/lib/timings";

const root = document.getElementById("root");
if (root) {
  begin("open");
  await startI18n(systemLanguage());
  const host = isInWindow() ? tauriHost : httpHost("", takeToken());
  createRoot(root).render(<App host={host} />);
}
