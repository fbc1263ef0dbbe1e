import "@testing-library/jest-dom/vitest";
import { MantineProvider } from "@mantine/core";
import { Notifications, notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import { act, cleanup, render } from "@testing-library/react";
import i18next from "i18next";
import type { ReactNode } from "react";
import { afterEach } from "vitest";
import type { ApiError, Commands, Event, Tag } from "../api/generated/api";
import { type Host, HostContext } from "../api/host";
import { newQueryClient, useAsk, useChanges } from "../api/queries";
import { startI18n } from "../app/i18n";
import { theme } from "../app/theme";

/** What the host answers: a value, a function of the request, or an error to throw. */
export type Answers = Partial<Record<keyof Commands, unknown>>;

export interface Call {
  command: keyof Commands;
  request: unknown;
}

afterEach(() => {
  notifications.clean();
  cleanup();
});

/** Shows a part of the window at an address, in English, over a host that answers as told. */
export async function show(part: ReactNode, answers: Answers, address = "/") {
  lendWhatJsdomLacks();
  if (!i18next.isInitialized) await startI18n("en");
  await i18next.changeLanguage("en");
  const calls: Call[] = [];
  const host = hostOf(answers, calls);
  const root = createRootRoute({ component: Outlet });
  const rest = createRoute({ getParentRoute: () => root, path: "$", component: () => part });
  const history = createMemoryHistory({ initialEntries: [address] });
  const router = createRouter({ routeTree: root.addChildren([rest]), history });
  await router.load();
  await act(async () => {
    render(
      <HostContext value={host}>
        <QueryClientProvider client={newQueryClient()}>
          <MantineProvider theme={theme} env="test">
            <Changes session={"session.get" in answers} />
            <Notifications />
            <RouterProvider router={router as never} />
          </MantineProvider>
        </QueryClientProvider>
      </HostContext>,
    );
  });
  return { calls, t: i18next.t, host, place: () => history.location.href, go: (to: string) => act(async () => history.push(to)) };
}

/** Reads again on the host's events, as the window does; and who is there, where that is answered. */
function Changes({ session }: { session: boolean }) {
  useChanges();
  useAsk("session.get", {}, session);
  return null;
}

/** A host that can also tell that something changed. */
export function hostOf(answers: Answers, calls: Call[]): Host & { tell: (tags: Tag[]) => void } {
  const listeners = new Set<(event: Event) => void>();
  return {
    tell: (tags) => act(() => listeners.forEach((listen) => listen({ tags }))),
    async call(command, request) {
      calls.push({ command, request });
      const answer = answers[command];
      if (answer === undefined) throw errorOf("unknown_command", command);
      if (answer instanceof Error) throw errorOf("internal", answer.message);
      return typeof answer === "function" ? answer(request) : answer;
    },
    onEvent(listen) {
      listeners.add(listen);
      return () => void listeners.delete(listen);
    },
  };
}

export function errorOf(code: ApiError["code"], detail: string): ApiError {
  return { code, detail, field: null, failure: null };
}

class NoObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

export function lendWhatJsdomLacks() {
  const still = { addEventListener: () => {}, removeEventListener: () => {} };
  window.matchMedia ??= ((media: string) => ({ ...still, media, matches: false })) as unknown as typeof matchMedia;
  window.ResizeObserver ??= NoObserver;
  Element.prototype.scrollIntoView ??= () => {};
  window.scrollTo = () => {};
  // CodeMirror measures its text
  Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
  Range.prototype.getBoundingClientRect ??= () => new DOMRect();
  // a screen without a size shows no rows
  for (const [name, size] of [["clientHeight", 640], ["clientWidth", 1000]] as const) {
    Object.defineProperty(HTMLElement.prototype, name, { value: size, configurable: true });
  }
  if (!document.fonts) Object.defineProperty(document, "fonts", { value: still, configurable: true });
}
