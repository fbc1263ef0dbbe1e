import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { alone, asAdmin, asOperator, asViewer } from "../../test/people";
import { show } from "../../test/show";
import { MayButton } from "./MayButton";

const button = (act: () => void) => (
  <MayButton command="documents.retry" title="as ever" onClick={act} data-testid="act">
    Retry
  </MayButton>
);

test("whose role does not reach a command finds its button off, with the role that it needs", async () => {
  const act = vi.fn();
  const { t } = await show(button(act), { "session.get": asViewer });
  await waitFor(() => expect(screen.getByTestId("act")).toHaveAttribute("aria-disabled", "true"));
  expect(screen.getByTestId("act")).toHaveAccessibleDescription(t("needsRole.operator"));
  await userEvent.tab();
  expect(screen.getByTestId("act")).toHaveFocus();
  await userEvent.keyboard("{Enter}");
  await userEvent.click(screen.getByTestId("act"));
  expect(act).not.toHaveBeenCalled();
});

test.each([
  ["an operator", asOperator],
  ["an administrator", asAdmin],
  ["a workspace without people", alone],
])("it is as it was for %s", async (_, session) => {
  const act = vi.fn();
  await show(button(act), { "session.get": session });
  const shown = await screen.findByTestId("act");
  expect(shown).not.toHaveAttribute("aria-disabled");
  expect(shown).toHaveAttribute("title", "as ever");
  await userEvent.click(shown);
  expect(act).toHaveBeenCalledOnce();
});

test("before it is known who is there nothing is off: the host decides", async () => {
  const act = vi.fn();
  await show(button(act), {});
  await userEvent.click(await screen.findByTestId("act"));
  expect(act).toHaveBeenCalledOnce();
});
