import { onlineManager } from "@tanstack/react-query";
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { show } from "../test/show";
import { useAct, useAsk } from "./queries";

afterEach(() => onlineManager.setOnline(true));

function Asks() {
  const jobs = useAsk("bulk.list", {});
  const remove = useAct("views.delete");
  return (
    <button type="button" onClick={() => remove.mutate({ id: "view_1" })}>
      {`${jobs.data?.jobs.length} ${remove.isSuccess}`}
    </button>
  );
}

test("without a network the host is asked, and acts, all the same", async () => {
  onlineManager.setOnline(false);
  await show(<Asks />, { "bulk.list": { jobs: [] }, "views.delete": {} });
  await userEvent.click(await screen.findByText("0 false"));
  expect(await screen.findByText("0 true")).toBeVisible();
});
