import { expect, test } from "bun:test";
import {
  allowedEnv,
  endText,
  forwardLines,
  LastLines,
  type ProgramEnd,
  type ProgramLine,
} from "../../src/program/mod.ts";

const END: ProgramEnd = { code: 1, signal: undefined, leftovers: false, escaped: false };

function line(stream: ProgramLine["stream"], text: string): ProgramLine {
  return { stream, text, cut: 0 };
}

test("variables are let through by name, or by the beginning of it", () => {
  const env = { PATH: "/bin", LC_ALL: "C", LC_TIME: "C", LCX: "x", "A*": "odd", UNSET: undefined };
  expect(allowedEnv(env, ["PATH", "LC_*", "MISSING", "UNSET"])).toEqual({
    PATH: "/bin",
    LC_ALL: "C",
    LC_TIME: "C",
  });
  expect(allowedEnv(env, [])).toEqual({});
  expect(allowedEnv({ A: "1", B: "2" }, ["*"])).toEqual({ A: "1", B: "2" });
});

test("what is remembered of the output: the last line of stdout, and the last complaint", async () => {
  const last = new LastLines();
  const seen: string[] = [];
  const sink = last.watch((lines) => void seen.push(...lines.map(({ text }) => text)));
  await sink([line("stdout", "one"), line("stderr", "first"), line("stdout", "two")]);
  await sink([line("stdout", '{"level":"info","message":"done"}'), line("stdout", ""), line("stderr", " ")]);
  expect([last.out?.text, last.error]).toEqual(["two", "first"]);
  await sink([line("stdout", '{"level":"error","message":"no route"}')]);
  expect([last.out?.text, last.error]).toEqual(["two", "no route"]);
  expect(seen).toHaveLength(7);
});

test("a line that is too long ends between words, so that no secret is cut in two", async () => {
  const printed: string[] = [];
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (text: string | Uint8Array): boolean => printed.push(String(text)) > 0;
  try {
    const text = `${"x".repeat(8000)} ${"s3cret".repeat(100)}`;
    await forwardLines(console)([line("stdout", text), line("stdout", "y".repeat(9000))]);
  } finally {
    process.stdout.write = write;
  }
  expect(printed.join("")).toBe(
    `${"x".repeat(8000)} … (600 more bytes, left out)\n${"y".repeat(7168)}… (1832 more bytes, left out)\n`,
  );
});

test("an end is told with what the program said last, and what to do", () => {
  const told = (end: Partial<ProgramEnd>, lastError = ""): unknown => {
    const { code, message, hint } = endText("load", { ...END, ...end }, { lastError, timeoutMs: 1000 });
    return [code, message, hint.split(" ")[0]];
  };
  expect(told({}, "no route\n")).toEqual([
    "PROGRAM_FAILED",
    'program "load" ended with exit code 1: no route',
    "What",
  ]);
  expect(told({ code: 127 })).toEqual(["PROGRAM_FAILED", 'program "load" ended with exit code 127', "127"]);
  expect(told({ code: 137 })).toEqual(["PROGRAM_FAILED", 'program "load" ended with exit code 137', "137"]);
  expect(told({ code: undefined, signal: "SIGKILL" })).toEqual([
    "PROGRAM_KILLED",
    'program "load" was ended by SIGKILL',
    "If",
  ]);
  expect(told({ ended: "timeout" })).toEqual([
    "PROGRAM_TIMEOUT",
    'program "load" took longer than its timeout of 1.0 s and was ended',
    "Give",
  ]);
  expect(told({}, "write error: No space left on device")).toEqual([
    "PROGRAM_DISK_FULL",
    'program "load" ended with exit code 1: write error: No space left on device',
    "A",
  ]);
  const [, message] = told({}, "x".repeat(5000)) as [string, string];
  expect(message.length).toBeLessThan(1100);
});
