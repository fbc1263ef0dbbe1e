import { afterEach, describe, expect, it, vi } from "vitest";
import type { Event } from "./generated/api";
import { httpHost } from "./http";
import { takeToken } from "./loopback";

afterEach(() => {
  vi.unstubAllGlobals();
  window.sessionStorage.clear();
  window.history.replaceState(null, "", "/");
});

describe("the token in the address", () => {
  it("is taken out of it and outlives a reload", () => {
    window.history.replaceState(null, "", "/#token=abc123");
    expect(takeToken()).toBe("abc123");
    expect(window.location.hash).toBe("");
    window.history.replaceState(null, "", "/#/invoices?filter=held");
    expect(takeToken()).toBe("abc123");
    expect(window.location.hash).toBe("#/invoices?filter=held");
  });
});

function stream(...texts: string[]) {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(encoder.encode(text));
      controller.close();
    },
  });
}

describe("an owner over loopback", () => {
  it("is asked with the token, and its errors are thrown", async () => {
    const fetched = vi.fn(async () => new Response(JSON.stringify({ code: "not_found", detail: "x", field: null, failure: null }), { status: 404 }));
    vi.stubGlobal("fetch", fetched);
    await expect(httpHost("", "t1").call("app.get", {})).rejects.toMatchObject({ code: "not_found" });
    expect(fetched).toHaveBeenCalledWith("/call/app.get", expect.objectContaining({ method: "POST", headers: expect.objectContaining({ authorization: "Bearer t1" }) }));
  });

  it("that does not answer is told apart", async () => {
    vi.stubGlobal("fetch", vi.fn().mockRejectedValue(new TypeError("refused")));
    await expect(httpHost("", "t").call("app.get", {})).rejects.toMatchObject({ code: "owner_silent" });
  });

  it("is heard again after a break, and then everything is read again", async () => {
    const answers = [stream('data: {"tags":["ord', 'ers"]}\n\n'), stream()];
    vi.stubGlobal("fetch", vi.fn(async () => new Response(answers.shift() ?? stream(), { status: 200 })));
    const heard: Event[] = [];
    const stop = httpHost("", "t").onEvent((event) => heard.push(event));
    await vi.waitFor(() => expect(heard.length).toBe(2), { timeout: 5000 });
    stop();
    expect(heard[0]).toEqual({ tags: ["orders"] });
    expect(heard[1]?.tags).toContain("documents");
  });
});
