import { createTheme, MantineProvider, mergeThemeOverrides } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AppInfo, SessionInfo } from "../api/generated/api";
import { type Host, HostContext } from "../api/host";
import { newQueryClient, useAsk, useChanges } from "../api/queries";
import { StartScreen } from "../features/start/StartScreen";
import { ids } from "../shared/lib/testids";
import { ErrorNote } from "../shared/ui/ErrorNote";
import { ErrorBoundary } from "./ErrorBoundary";
import { languageOf } from "./i18n";
import { LeaveDialog } from "./LeaveDialog";
import { newRouter } from "./router";
import { SignIn } from "./SignIn";
import { theme } from "./theme";

interface Props {
  host: Host;
  /** What the app said of itself before the screen was there; undefined where it could not. */
  first: AppInfo | undefined;
  /** Who was at it then. */
  session: SessionInfo | undefined;
}

export function App({ host, first, session }: Props) {
  const [client] = useState(() => newQueryClient(first, session));
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
  // the cross of every dialog has a name, and the eye of every password
  const named = useMemo(() => {
    const cross = { defaultProps: { closeButtonProps: { "aria-label": t("common.close") } } };
    const eye = { defaultProps: { visibilityToggleButtonProps: { "aria-label": t("common.showPassword") } } };
    return mergeThemeOverrides(theme, createTheme({ components: { Modal: cross, Drawer: cross, PasswordInput: eye } }));
  }, [t]);
  return (
    <MantineProvider
      theme={named}
      defaultColorScheme="auto"
      forceColorScheme={wanted === "light" || wanted === "dark" ? wanted : undefined}
    >
      <Notifications position="bottom-right" />
      <ErrorBoundary>
        <LeaveDialog />
        <div data-testid={ids.root} style={{ height: "100%" }}>
          {app.error && !open && (
            <ErrorNote error={app.error} again={app.error.code === "owner_silent" ? undefined : () => void app.refetch()} />
          )}
          {app.data && !open && <StartScreen app={app.data} />}
          {app.data && open && <Opened key={open.id} app={app.data} router={router} />}
        </div>
      </ErrorBoundary>
    </MantineProvider>
  );
}

/** The screens of the open workspace, for whoever may see them. */
function Opened({ app, router }: { app: AppInfo; router: ReturnType<typeof newRouter> }) {
  const asked = useAsk("session.get", {});
  const session = asked.data;
  const [last, setLast] = useState("");
  const now = session?.needed && session.signedIn ? session.operator : last;
  if (now !== last) setLast(now);
  // before it is known who sits there, nothing is asked that they may not see
  if (asked.isPending) return null;
  if (session?.needed && !session.signedIn) return <SignIn app={app} session={session} last={last} />;
  return <RouterProvider router={router} />;
}
