import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type HoconNode,
  nodeAt,
  readBoolean,
  readBytes,
  readDuration,
  readInteger,
  readList,
  readNumber,
  readPeriod,
  readString,
} from "../../src/hocon/mod.ts";
import { readText, treeOf, valueOf } from "./read.ts";

const recorded = readFileSync(join(import.meta.dir, "units.expected.txt"), "utf8").split("\n");

function valueAt(text: string): HoconNode {
  const node = nodeAt(treeOf(`x = ${text}`), "x");
  if (!node) throw new Error("no value");
  return node;
}

/** Nanoseconds of what Java prints for a duration, e.g. `PT2562047H47M16.854775807S`. */
function javaNanos(text: string): bigint {
  const [, hours, minutes, seconds] = /^PT(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?[\d.]+)S)?$/u.exec(text) ?? [];
  const [whole = "0", fraction = ""] = (seconds ?? "0").split(".");
  const nanos = BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
  return BigInt(hours ?? 0) * 3_600_000_000_000n + BigInt(minutes ?? 0) * 60_000_000_000n + nanos;
}

describe("durations and sizes are the reference's", () => {
  for (const line of recorded) {
    const [, kind, text = "", told = ""] = /^(duration|bytes) \[(.*)\] -> (.*)$/u.exec(line) ?? [];
    if (kind === undefined) continue;
    test(`${kind} ${text}`, () => {
      if (readText(`x = ${text}`).root === undefined) {
        expect(told).toStartWith("Parse");
        return;
      }
      const reading = kind === "duration" ? readDuration(valueAt(text)) : readBytes(valueAt(text));
      const refused = /^[A-Z][A-Za-z]+: /u.test(told);
      expect(reading.ok).toBe(!refused);
      if (!reading.ok)
        expect(reading.finding).toMatchObject({ place: { file: "main.conf", line: 1, column: 5 } });
      else if (typeof reading.value === "bigint") expect(reading.value).toBe(BigInt(told));
      else expect(reading.value.nanos).toBe(javaNanos(told));
    });
  }
});

describe("typed reads are the reference's", () => {
  const readers = {
    getInt: readInteger,
    getBoolean: readBoolean,
    getString: readString,
    getDouble: readNumber,
  };
  for (const line of recorded) {
    const [, getter, text = "", told = ""] = /^(get\w+) (.*) -> (.*)$/u.exec(line) ?? [];
    if (getter === undefined) continue;
    test(`${getter} ${text}`, () => {
      const reading = readers[getter as keyof typeof readers](valueAt(text));
      expect(reading.ok).toBe(!/^(?:WrongType|Null)/u.test(told));
      if (!reading.ok) return;
      if (typeof reading.value === "number") expect(reading.value).toBe(Number(told));
      else expect(String(reading.value)).toBe(told);
    });
  }

  test("an object with whole numbers as keys is a list in the order of the numbers", () => {
    const list = readList(valueAt("{ 10 = c, 0 = a, 2 = b, other = d }"));
    expect(list.ok && list.value.map((node) => node.kind === "string" && node.value)).toEqual([
      "a",
      "b",
      "c",
    ]);
    expect(readList(valueAt("{}")).ok).toBe(false);
    expect(valueOf("a = [1]\na = ${a} {0 = x}")).toEqual({ a: [1, "x"] });
  });

  test("periods count days, weeks, months or years", () => {
    const period = (text: string): unknown => {
      const reading = readPeriod(valueAt(text));
      return reading.ok ? reading.value : reading.finding.message;
    };
    expect(period("3")).toEqual({ years: 0, months: 0, days: 3 });
    expect(period("2 weeks")).toEqual({ years: 0, months: 0, days: 14 });
    expect(period("5m")).toEqual({ years: 0, months: 5, days: 0 });
    expect(period("-1 year")).toEqual({ years: -1, months: 0, days: 0 });
    expect(period("1h")).toBe('"h" is no unit of a period');
  });

  test("durations and sizes say what is wrong with them", () => {
    const message = (reading: ReturnType<typeof readDuration> | ReturnType<typeof readBytes>): string =>
      reading.ok ? "" : `${reading.finding.message} | ${reading.finding.hint}`;
    expect(message(readDuration(valueAt("10S")))).toContain("write s");
    expect(message(readDuration(valueAt("2 weeks")))).toContain("write 7d");
    expect(message(readDuration(valueAt('"1 h 5 m"')))).toContain("65m");
    expect(message(readBytes(valueAt("1KB")))).toContain("kB");
    expect(message(readBytes(valueAt("-5")))).toContain("negative");
    expect(message(readDuration(valueAt("[1]")))).toContain("expected a duration, found a list");
  });
});
