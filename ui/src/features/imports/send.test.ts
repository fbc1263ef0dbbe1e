import { expect, test } from "vitest";
import type { ImportInfo, ImportPiece } from "../../api/generated/api";
import type { Host } from "../../api/host";
import { bytesOf } from "../../shared/lib/files";
import { receiving } from "./samples";
import { PIECE, sendPieces } from "./send";

/** A host that keeps what it is sent, and answers with how far it is. */
function keeping(received = 0, answer: (info: ImportInfo) => ImportInfo = (info) => info) {
  const pieces: ImportPiece[] = [];
  let info: ImportInfo = { ...receiving, received };
  const call = async (_: string, piece: ImportPiece) => {
    pieces.push(piece);
    info = { ...info, received: piece.offset + bytesOf(piece.base64).length };
    return answer(info);
  };
  return { pieces, host: { call, onEvent: () => () => undefined } as unknown as Host, begun: info };
}

const content = Uint8Array.from({ length: 2 * PIECE + 5 }, (_, at) => (at * 7) % 251);
const file = new File([content], "orders.csv");
const never = new AbortController().signal;

test("a file goes in pieces, in order, and every byte of it once", async () => {
  const { host, pieces, begun } = keeping();
  const told: number[] = [];
  await sendPieces(host, begun, file, never, ({ received }) => told.push(received));
  expect(pieces.map(({ offset }) => offset)).toEqual([0, PIECE, 2 * PIECE]);
  expect(told).toEqual([PIECE, 2 * PIECE, 2 * PIECE + 5]);
  const sent = pieces.flatMap(({ base64 }) => [...bytesOf(base64)]);
  expect(sent.length).toBe(content.length);
  expect(sent.every((byte, at) => byte === content[at])).toBe(true);
});

test("it goes on from what was received already", async () => {
  const { host, pieces, begun } = keeping(2 * PIECE);
  await sendPieces(host, begun, file, never, () => undefined);
  expect(pieces.map(({ offset }) => offset)).toEqual([2 * PIECE]);
});

test("it ends where it is stopped", async () => {
  const { host, pieces, begun } = keeping();
  const stop = new AbortController();
  await sendPieces(host, begun, file, stop.signal, () => stop.abort());
  expect(pieces).toHaveLength(1);
});

test("a host that receives nothing is not sent the same for ever", async () => {
  const { host, begun } = keeping(0, (info) => ({ ...info, received: 0 }));
  await expect(sendPieces(host, begun, file, never, () => undefined)).rejects.toMatchObject({ field: "gone" });
});

test("an import that was stopped meanwhile gets no more pieces", async () => {
  const { host, pieces, begun } = keeping(0, (info) => ({ ...info, state: "cancelled" }));
  await sendPieces(host, begun, file, never, () => undefined);
  expect(pieces).toHaveLength(1);
});
