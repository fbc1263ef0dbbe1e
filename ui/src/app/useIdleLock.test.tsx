import { cleanup, fireEvent, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useIdleLock } from "./useIdleLock";

const MINUTE = 60_000;
const acts = { touch: vi.fn(), lock: vi.fn() };

function Watching({ minutes }: { minutes: number }) {
  useIdleLock(minutes, acts);
  return null;
}

beforeEach(() => {
  vi.useFakeTimers();
  acts.touch.mockReset();
  acts.lock.mockReset();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test("it locks when no hand was on it for so long, and not before", () => {
  render(<Watching minutes={5} />);
  vi.advanceTimersByTime(4 * MINUTE);
  fireEvent.pointerMove(window.document.body);
  vi.advanceTimersByTime(4.9 * MINUTE);
  expect(acts.lock).not.toHaveBeenCalled();
  vi.advanceTimersByTime(0.2 * MINUTE);
  expect(acts.lock).toHaveBeenCalled();
});

test("the host is told of hands at most once a minute", () => {
  render(<Watching minutes={5} />);
  for (let second = 0; second < 150; second += 1) {
    vi.advanceTimersByTime(1000);
    fireEvent.keyDown(window.document.body, { key: "a" });
  }
  expect(acts.touch).toHaveBeenCalledTimes(2);
  expect(acts.lock).not.toHaveBeenCalled();
});

test("the first key after the machine slept locks instead of going on", () => {
  render(<Watching minutes={5} />);
  vi.setSystemTime(Date.now() + 8 * 60 * MINUTE);
  fireEvent.keyDown(window.document.body, { key: "a" });
  expect(acts.lock).toHaveBeenCalledOnce();
  expect(acts.touch).not.toHaveBeenCalled();
});

test("never is never", () => {
  render(<Watching minutes={0} />);
  vi.advanceTimersByTime(24 * 60 * MINUTE);
  expect(acts.lock).not.toHaveBeenCalled();
});
