import { expect, test } from "bun:test";
import { durationText } from "../../src/base/mod.ts";

test.each([
  [0, "0 ms"],
  [3.4, "3 ms"],
  [999, "999 ms"],
  [1000, "1.0 s"],
  [1999, "1.9 s"],
  [59_999, "59.9 s"],
  [60_000, "1 min"],
  [245_000, "4 min 5 s"],
  [7_380_000, "2 h 3 min"],
  [90_000_000, "1 d 1 h"],
  [-1500, "-1.5 s"],
])("%d ms reads as %s", (ms, text) => expect(durationText(ms)).toBe(text));
