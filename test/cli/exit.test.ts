import { expect, test } from "bun:test";
import { CairnError, type ErrorKind } from "../../src/base/mod.ts";
import { EXIT, EXIT_BY_CODE, exitCodeOf, exitCodeOfSignal } from "../../src/cli/exit.ts";
import { storeError, type StoreErrorCode } from "../../src/store/errors.ts";
import { root } from "../kit/mod.ts";

function exitOf(code: string, kind: ErrorKind): number {
  return exitCodeOf(new CairnError("x", { code, kind }));
}

test("each kind of error has its exit code", () => {
  expect(exitOf("ANYTHING", "config")).toBe(2);
  expect(exitOf("ANYTHING", "world")).toBe(1);
  expect(exitOf("ANYTHING", "bug")).toBe(70);
});

test("whatever is no CairnError is our bug", () => {
  for (const thrown of [
    new Error("x"),
    new TypeError("x"),
    "text",
    undefined,
    null,
    42,
    { code: "CHECKPOINT_HELD" },
  ]) {
    expect(exitCodeOf(thrown)).toBe(70);
  }
});

test("signals give 128 and their number", () => {
  expect([exitCodeOfSignal("SIGHUP"), exitCodeOfSignal("SIGINT"), exitCodeOfSignal("SIGTERM")]).toEqual([
    129, 130, 143,
  ]);
});

test("the exit codes are those of the contract", () => {
  expect(EXIT).toEqual({
    success: 0,
    failed: 1,
    usage: 2,
    partial: 3,
    cannotResume: 4,
    held: 5,
    store: 6,
    notTrusted: 7,
    poisoned: 8,
    timeout: 9,
    bug: 70,
  });
});

/** Codes of errors of kind `world` in the sources: `code: "X", kind: "world"`, over line breaks. */
async function worldCodes(): Promise<Set<string>> {
  const codes = new Set<string>();
  for await (const file of new Bun.Glob("src/**/*.ts").scan(root)) {
    const text = await Bun.file(`${root}/${file}`).text();
    for (const [, code] of text.matchAll(/code: "([A-Z0-9_]+)",\s*kind: "world"/g)) codes.add(code ?? "");
  }
  return codes;
}

test("every code of the table is one that the sources throw", async () => {
  let all = "";
  for await (const file of new Bun.Glob("src/{api,checkpoint,run,store,plugin}/**/*.ts").scan(root)) {
    all += await Bun.file(`${root}/${file}`).text();
  }
  expect(EXIT_BY_CODE.filter(([code]) => !all.includes(`"${code}"`))).toEqual([]);
});

test("every error of the world about checkpoints is in the table: their exit codes differ", async () => {
  const known = new Set(EXIT_BY_CODE.map(([code]) => code));
  const thrown = [...(await worldCodes())].filter((code) => code.startsWith("CHECKPOINT_"));
  expect(thrown.length).toBeGreaterThan(3);
  expect(thrown.filter((code) => !known.has(code))).toEqual([]);
});

test("whatever a store throws is the store's failure, a lost lease is the other holder's, and a bad location the user's", () => {
  for (const code of [
    "STORE_IO",
    "STORE_FULL",
    "STORE_NOT_WRITABLE",
    "STORE_TIMEOUT",
    "STORE_BROKEN_PROMISE",
  ]) {
    expect(exitCodeOf(storeError(code as StoreErrorCode, "x"))).toBe(6);
  }
  expect(exitCodeOf(storeError("STORE_LEASE_LOST", "x"))).toBe(5);
  for (const code of [
    "STORE_UNKNOWN_SCHEME",
    "STORE_BAD_LOCATION",
    "STORE_NOT_A_FOLDER",
    "STORE_BAD_SETTINGS",
  ]) {
    expect(exitCodeOf(storeError(code as StoreErrorCode, "x"))).toBe(2);
  }
  expect(exitOf("ARTIFACT_UNREADABLE", "world")).toBe(6);
});
