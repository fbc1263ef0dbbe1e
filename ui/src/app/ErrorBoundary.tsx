import { Button, Stack, Text, Title } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { Translation } from "react-i18next";

/** A screen that broke says so and can be opened again; the ledger is not touched by it. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <Translation>
        {(t) => (
          <Stack p="xl" maw={640}>
            <Title order={1}>{t("broken.title")}</Title>
            <Text>{t("broken.text")}</Text>
            <pre className="mono">{this.state.error?.message}</pre>
            <Button w="max-content" onClick={() => this.setState({ error: null })}>
              {t("broken.again")}
            </Button>
          </Stack>
        )}
      </Translation>
    );
  }
}
