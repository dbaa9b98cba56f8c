import { describe, expect, test } from "bun:test";
import type { RunEvent } from "../../src/checkpoint/mod.ts";
import { checkLog } from "../../src/checkpoint/chain.ts";
import { decodeRecord, encodeRecord, type EncodedRecord, NO_PREVIOUS } from "../../src/checkpoint/record.ts";
import { judgeRun } from "../../src/checkpoint/run-reading.ts";
import type { StoredRecord } from "../../src/store/mod.ts";
import { ABC, completed, PIPELINE } from "./kit/runs.ts";

const AT = Date.UTC(2026, 10, 23, 20, 11, 2, 113);
const STARTED: RunEvent = {
  type: "run-started",
  format: 1,
  runId: "r",
  rootRunId: "r",
  pipelineName: PIPELINE,
  startedAt: "2026-11-23T20:11:02.113Z",
  components: ABC,
  options: {},
};

function chain(...records: readonly (readonly RunEvent[])[]): EncodedRecord[] {
  const encoded: EncodedRecord[] = [];
  for (const [index, events] of records.entries()) {
    const prev = encoded.at(-1)?.sum ?? NO_PREVIOUS;
    encoded.push(
      encodeRecord({
        seq: index + 1,
        nonce: `${index}`.padStart(16, "0"),
        prev,
        at: AT,
        events: events.map((event) => JSON.stringify(event)),
      }),
    );
  }
  return encoded;
}

const whole = chain([STARTED], [completed(0)], [completed(1)], [completed(2)], [{ type: "run-completed" }]);

function stored(
  records: readonly EncodedRecord[],
  change: (text: string, seq: number) => string | undefined,
): StoredRecord[] {
  return records.map(({ seq, text }) => ({ seq, text: change(text, seq) }));
}

test("a record is one line whose sum is over its text without the sum", () => {
  const [first] = whole;
  expect(first?.text).toMatch(
    /^\{"seq":1,"nonce":"0{16}","prev":"0{64}","sum":"[0-9a-f]{64}","at":"2026-11-23T20:11:02.113Z","events":\[/,
  );
  expect(first?.text).not.toContain("\n");
  const without = first?.text.replace(/"sum":"[0-9a-f]{64}",/, "") ?? "";
  expect(new Bun.CryptoHasher("sha256").update(without).digest("hex")).toBe(first?.sum ?? "");
});

test("a record whose events hold line feeds, NUL, lone surrogates and __proto__ comes back as it was", () => {
  const events = [
    { type: "step-completed", index: 0, name: "__proto__", result: { __proto__x: "a\nb\u0000\ud800\u2028" } },
  ];
  const { text } = encodeRecord({
    seq: 7,
    nonce: "abc",
    prev: NO_PREVIOUS,
    at: AT,
    events: events.map((e) => JSON.stringify(e)),
  });
  expect(text).not.toContain("\n");
  const decoded = decodeRecord(7, text);
  expect(decoded.good && decoded.record.events).toEqual(events);
});

test("a completion with the next start costs at most 600 bytes", () => {
  const events: RunEvent[] = [completed(999), { type: "attempt-started", index: 1000, attempt: 1 }];
  const { text } = encodeRecord({
    seq: 1001,
    nonce: "0123456789abcdef",
    prev: NO_PREVIOUS,
    at: AT,
    events: events.map((event) => JSON.stringify(event)),
  });
  expect(Buffer.byteLength(text) + 1).toBeLessThanOrEqual(600);
});

describe("torn and broken", () => {
  test("a record cut at every byte is never taken as written", () => {
    const text = whole[1]?.text ?? "";
    for (let length = 0; length < text.length; length++) {
      expect(decodeRecord(2, text.slice(0, length)).good).toBe(false);
    }
    expect(decodeRecord(2, text).good).toBe(true);
  });

  test("a journal whose last record is cut at every byte is the journal without it, and the number stays taken", () => {
    const records = whole.slice(0, 4);
    const last = records[3]?.text ?? "";
    for (let length = 0; length < last.length; length++) {
      const log = checkLog(stored(records, (text, seq) => (seq === 4 ? text.slice(0, length) : text)));
      expect(log.whole).toBe(true);
      expect(log.records.length).toBe(3);
      expect(log.next).toBe(5);
      expect(log.sum).toBe(records[2]?.sum ?? "");
      expect(log.voids).toEqual([4]);
    }
  });

  test("one changed character anywhere in a record is found", () => {
    const text = whole[1]?.text ?? "";
    for (let at = 0; at < text.length; at++) {
      const other = text[at] === "0" ? "1" : "0";
      expect(decodeRecord(2, text.slice(0, at) + other + text.slice(at + 1)).good).toBe(false);
    }
  });

  test("a damaged record before the last one breaks the chain at its position", () => {
    for (const damaged of [1, 2, 3, 4]) {
      const log = checkLog(
        stored(whole, (text, seq) => (seq === damaged ? text.replace("A", "Z").replace(/12/, "13") : text)),
      );
      expect(log.whole).toBe(false);
      expect(log.damage[0]).toEqual({ seq: damaged, why: "its sum is wrong" });
    }
  });

  test("a void record that nobody built on does not break the chain", () => {
    const [one, two] = chain([STARTED], [completed(0)]);
    const third = encodeRecord({
      seq: 3,
      nonce: "c",
      prev: one?.sum ?? "",
      at: AT,
      events: [JSON.stringify(completed(0))],
    });
    const log = checkLog([
      { seq: 1, text: one?.text },
      { seq: 2, text: two?.text.slice(0, 40) },
      { seq: 3, text: third.text },
    ]);
    expect(log.whole).toBe(true);
    expect(log.records.map(({ seq }) => seq)).toEqual([1, 3]);
  });

  test("a record of another journal at the right number breaks the chain", () => {
    const other = chain([STARTED], [completed(0, { durationMs: 99 })], [completed(1)]);
    const log = checkLog(stored([...whole.slice(0, 2), ...other.slice(2)], (text) => text));
    expect(log.damage).toEqual([{ seq: 3, why: "does not follow the record before it" }]);
  });

  test("a missing record of an unfinished run is corrupt at that position, below a final record it was removed", () => {
    const holes = (records: readonly EncodedRecord[]): StoredRecord[] =>
      stored(records, (text) => text).filter(({ seq }) => seq !== 2);
    const open = judgeRun("r", holes(whole.slice(0, 4)));
    expect(open.kind).toBe("corrupt");
    expect(open.damage).toEqual({ seq: 2, why: "missing" });
    expect(judgeRun("r", holes(whole)).kind).toBe("completed");
  });

  test("a run-failed with gaps below it was being deleted", () => {
    const ended = chain([STARTED], [completed(0)], [{ type: "run-failed", reason: "component" }]);
    expect(judgeRun("r", stored(ended, (text) => text).slice(1)).kind).toBe("deleted");
    expect(
      judgeRun(
        "r",
        stored(ended, (text) => text),
      ).kind,
    ).toBe("failed");
  });

  test("a journal of nothing but a torn first record is empty, and its number stays taken", () => {
    const reading = judgeRun("r", [{ seq: 1, text: undefined }]);
    expect(reading.kind).toBe("empty");
    expect(reading.log.next).toBe(2);
  });
});
