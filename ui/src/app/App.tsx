import { createTheme, MantineProvider, mergeThemeOverrides } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AppInfo } from "../api/generated/api";
import { type Host, HostContext } from "../api/host";
import { newQueryClient, useAsk, useChanges } from "../api/queries";
import { StartScreen } from "../features/start/StartScreen";
import { ids } from "../shared/lib/testids";
import { ErrorNote } from "../shared/ui/ErrorNote";
import { ErrorBoundary } from "./ErrorBoundary";
import { languageOf } from "./i18n";
import { newRouter } from "./router";
import { theme } from "./theme";

interface Props {
  host: Host;
  /** What the app said of itself before the screen was there; undefined where it could not. */
  first: AppInfo | undefined;
}

export function App({ host, first }: Props) {
  const [client] = useState(() => newQueryClient(first));
  return (
    <HostContext value={host}>
      <QueryClientProvider client={client}>
        <Themed />
      </QueryClientProvider>
    </HostContext>
  );
}

function Themed() {
  useChanges();
  const app = useAsk("app.get", {});
  const { t, i18n } = useTranslation();
  const [router] = useState(newRouter);
  const wanted = app.data?.theme;
  const language = app.data ? languageOf(app.data) : i18n.language;
  useEffect(() => {
    void i18n.changeLanguage(language);
    document.documentElement.lang = language;
  }, [i18n, language]);
  const open = app.data?.open;
  // the cross of every dialog has a name
  const named = useMemo(() => {
    const cross = { defaultProps: { closeButtonProps: { "aria-label": t("common.close") } } };
    return mergeThemeOverrides(theme, createTheme({ components: { Modal: cross, Drawer: cross } }));
  }, [t]);
  return (
    <MantineProvider
      theme={named}
      defaultColorScheme="auto"
      forceColorScheme={wanted === "light" || wanted === "dark" ? wanted : undefined}
    >
      <Notifications position="bottom-right" />
      <ErrorBoundary>
        <div data-testid={ids.root} style={{ height: "100%" }}>
          {app.error && !open && (
            <ErrorNote error={app.error} again={app.error.code === "owner_silent" ? undefined : () => void app.refetch()} />
          )}
          {app.data && (open ? <RouterProvider key={open.id} router={router} /> : <StartScreen app={app.data} />)}
        </div>
      </ErrorBoundary>
    </MantineProvider>
  );
}
