import "@fontsource-variable/inter";
import "@mantine/core/styles.css";
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
import { languageOf, startI18n } from "./app/i18n";
import { begin } from "./shared/lib/timings";

// a file that is dropped where nothing takes it is not shown in place of the app
for (const moved of ["dragover", "drop"] as const) {
  window.addEventListener(moved, (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
}

const root = document.getElementById("root");
if (root) {
  begin("open");
  const host = isInWindow() ? tauriHost : httpHost("", takeToken());
  // asked before anything is drawn, so that nothing is drawn twice: not in another language, and not without a workspace
  const [first, session] = await Promise.all([
    host.call("app.get", {}).catch(() => undefined),
    host.call("session.get", {}).catch(() => undefined),
  ]);
  await startI18n(languageOf(first));
  createRoot(root).render(<App host={host} first={first} session={session} />);
}
