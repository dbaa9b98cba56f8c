import { expect, test } from "bun:test";
import { LineCutter } from "../../src/program/output-lines.ts";
import { seeded } from "../kit/mod.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function cut(chunks: readonly Uint8Array[], keep = 100): readonly string[] {
  const cutter = new LineCutter("stdout", keep);
  const lines = [...chunks.flatMap((chunk) => cutter.push(chunk)), ...cutter.end()];
  return lines.map(({ text, cut: dropped }) => (dropped === 0 ? text : `${text}+${dropped}`));
}

test("lines end in a line feed, with or without a carriage return; the last one needs none", () => {
  expect(cut([bytes("a\r\n\nb\rc\nd")])).toEqual(["a", "", "b\rc", "d"]);
  expect(cut([])).toEqual([]);
  expect(cut([bytes("a\n")])).toEqual(["a"]);
});

test("a long line is cut between characters, and how much is missing is told", () => {
  expect(cut([bytes("abcdefgh\nx")], 5)).toEqual(["abcde+3", "x"]);
  expect(cut([bytes("aüüü\n")], 4)).toEqual(["aü+4"]);
  expect(cut([bytes("ab€€\n")], 6)).toEqual(["ab€+3"]);
  expect(cut([bytes("a😀😀")], 5)).toEqual(["a😀+4"]);
  expect(cut([bytes("12345\r\n")], 5)).toEqual(["12345+1"]);
});

test("bytes that are no UTF-8, and NUL, become signs for them", () => {
  expect(cut([Uint8Array.of(0xff, 0x41, 0x00, 0x0a)])).toEqual(["\ufffdA\u2400"]);
});

test("how the bytes are cut into chunks makes no difference", () => {
  const random = seeded("chunks of output");
  const alphabet = ["a", "ü", "€", "😀", "\n", "\r\n", "bcdefgh"];
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: 40 }, () => random.pick(alphabet)).join("");
    const whole = bytes(text);
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < whole.length;) {
      const length = 1 + random.int(9);
      chunks.push(whole.slice(at, at + length));
      at += length;
    }
    const keep = 1 + random.int(30);
    expect(cut(chunks, keep)).toEqual(cut([whole], keep));
  }
});
