import { Button, Group, NativeSelect, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { IconLock } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AppInfo, SessionInfo } from "../api/generated/api";
import { forgetAll } from "../api/locking";
import { useAct } from "../api/queries";
import { ids } from "../shared/lib/testids";
import { ErrorNote } from "../shared/ui/ErrorNote";
import { ResetCommand } from "../shared/ui/ResetCommand";
import { Toggles } from "../shared/ui/Toggles";
import { usePasswordRefusal } from "../shared/ui/usePasswordRefusal";
import "./signin.css";

interface Props {
  app: AppInfo;
  session: SessionInfo;
  /** Whoever was signed in last in this window. */
  last: string;
}

/** All that a locked window shows: whose it is, and the way in. Nothing of the workspace is held any more. */
export function SignIn({ app, session, last }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const open = useAct("workspace.open");
  useEffect(() => {
    forgetAll(client);
    notifications.clean();
  }, [client]);
  return (
    <main className="sign-in" data-testid={ids.signIn}>
      <Group justify="flex-end" gap="xs">
        <Toggles theme={app.theme} />
      </Group>
      <Stack gap="lg" className="card sign-in-card">
        <div>
          <Text className="wordmark" fz={15} c="dimmed">
            {t("app.name")}
          </Text>
          <Group gap={8} mt={4}>
            <IconLock size={18} stroke={1.7} aria-hidden />
            <Title order={1}>{app.open?.name}</Title>
          </Group>
        </div>
        {app.workspaces.length > 1 && (
          <NativeSelect
            label={t("signIn.workspace")}
            value={app.open?.id ?? ""}
            onChange={(event) => open.mutate({ id: event.currentTarget.value })}
            data={app.workspaces.map(({ id, name, isSandbox }) => ({ value: id, label: isSandbox ? `${name} · ${t("shell.sandbox")}` : name }))}
            disabled={open.isPending}
            data-testid={ids.signInField("workspace")}
          />
        )}
        {open.error && <ErrorNote error={open.error} />}
        <Form key={app.open?.id} people={session.people} last={last} />
      </Stack>
    </main>
  );
}

/** Name and password. A name that is known already leaves only the password to be typed. */
function Form({ people, last }: { people: string[]; last: string }) {
  const { t } = useTranslation();
  const signIn = useAct("session.sign_in");
  const [name, setName] = useState(() => people.find((one) => one === last) ?? (people.length === 1 ? (people[0] ?? "") : ""));
  const [password, setPassword] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const refusal = usePasswordRefusal(signIn.error);
  const missing = name === "" ? t("signIn.nameMissing") : password === "" ? t("signIn.passwordMissing") : null;
  const isTold = signIn.error?.code === "wrong_password" || signIn.error?.code === "try_later";
  const act = () => {
    if (missing !== null || refusal.waits || signIn.isPending) return;
    const again = () => {
      setPassword("");
      field.current?.focus();
    };
    signIn.mutate({ name, password }, { onError: again });
  };
  return (
    <>
      <form
        aria-label={t("signIn.title")}
        onSubmit={(event) => {
          event.preventDefault();
          act();
        }}
      >
        <Stack gap="sm">
          <NativeSelect
            label={t("signIn.who")}
            data={[...(name === "" ? [{ value: "", label: t("signIn.choose"), disabled: true }] : []), ...people]}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
              signIn.reset();
            }}
            autoFocus={name === ""}
            autoComplete="username"
            data-testid={ids.signInField("name")}
          />
          <PasswordInput
            ref={field}
            label={t("signIn.password")}
            value={password}
            autoFocus={name !== ""}
            autoComplete="current-password"
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={refusal.words !== null && <span role={refusal.waits ? "timer" : "alert"}>{refusal.words}</span>}
            data-testid={ids.signInField("password")}
          />
          {signIn.error && !isTold && <ErrorNote error={signIn.error} />}
          <Button
            type="submit"
            size="sm"
            disabled={missing !== null || refusal.waits}
            title={(refusal.waits ? refusal.words : missing) ?? undefined}
            loading={signIn.isPending}
            data-testid={ids.signInField("act")}
          >
            {t("signIn.act")}
          </Button>
        </Stack>
      </form>
      <Text size="sm">{t("signIn.works")}</Text>
      <Text size="sm" c="dimmed" component="div">
        {t("signIn.forgotten")} <ResetCommand name={name} />
      </Text>
    </>
  );
}
