import { expect, test } from "bun:test";
import { frameOf, MessageFrames } from "../../../src/spark/wire/message-frames.ts";
import { seeded } from "../../kit/mod.ts";

test("messages come out as they went in, however the bytes are cut", () => {
  const random = seeded("message frames");
  for (let round = 0; round < 200; round++) {
    const messages = Array.from({ length: random.int(6) }, () =>
      Uint8Array.from({ length: random.int(3) === 0 ? 0 : random.int(300) }, () => random.int(256)),
    );
    const bytes = Buffer.concat(messages.map(frameOf));
    const frames = new MessageFrames();
    const out: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = at + 1 + random.int(40);
      out.push(...frames.push(bytes.subarray(at, end)));
      at = end;
    }
    expect(out).toEqual(messages);
    expect(frames.partial).toBe(false);
  }
});

test("messages come out whole when they are cut at any one byte, and at every byte", () => {
  const messages = [[], [7], [1, 2, 3, 4, 5, 6, 7, 8, 9], [], []].map((bytes) => Uint8Array.from(bytes));
  const bytes = Buffer.concat(messages.map(frameOf));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const frames = new MessageFrames();
    const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
    expect(pieces.flatMap((piece) => [...frames.push(piece)])).toEqual(messages);
  }
  const frames = new MessageFrames();
  const out = [...bytes].flatMap((byte) => [...frames.push(Uint8Array.of(byte))]);
  expect(out).toEqual(messages);
});

test("a message that is cut off shows as partial", () => {
  const frames = new MessageFrames();
  expect([...frames.push(frameOf(Uint8Array.of(1, 2, 3)).subarray(0, 6))]).toEqual([]);
  expect(frames.partial).toBe(true);
});

test("compressed and endless messages are refused", () => {
  expect(() => [...new MessageFrames().push(Uint8Array.of(1, 0, 0, 0, 1, 9))]).toThrow("compressed");
  expect(() => [...new MessageFrames().push(Uint8Array.of(0, 255, 255, 255, 255))]).toThrow("are the limit");
});
