import { expect, test } from "bun:test";
import type { ProgramLine } from "../../src/program/mod.ts";
import { tempDir } from "../kit/mod.ts";
import { isAlive, until } from "../run/pipeline-kit.ts";
import { type Ran, ran, ranScript } from "./program-kit.ts";

test("a program's exit code, and what it prints on either stream, is told", async () => {
  const { end, text } = await ranScript("echo out; echo err >&2; exit 3");
  expect(end).toEqual({ code: 3, signal: undefined, ended: undefined, leftovers: false, escaped: false });
  expect(text("stdout")).toEqual(["out"]);
  expect(text("stderr")).toEqual(["err"]);
});

test("a signal that ends a program is told by its name", async () => {
  const { end } = await ranScript("kill -SEGV $$");
  expect(end).toMatchObject({ code: undefined, signal: "SIGSEGV" });
});

test("the program gets its arguments as they are, and nobody looks into them", async () => {
  const odd = ["a b", "$HOME", "", "*", "'", '"', "line\nfeed", "ü"];
  const { text } = await ran(["/bin/sh", "-c", 'for each; do printf "<%s>" "$each"; done', "sh", ...odd]);
  expect(text("stdout").join("\n")).toBe(odd.map((each) => `<${each}>`).join(""));
});

test("the environment is what was given, and nothing else", async () => {
  const { text } = await ran(["/usr/bin/env"], { env: { PATH: "/bin:/usr/bin", ONE: "1", BUN_BE_BUN: "1" } });
  expect([...text("stdout")].toSorted()).toEqual(["BUN_BE_BUN=1", "ONE=1", "PATH=/bin:/usr/bin"]);
});

test("the working directory and stdin are what was given; without stdin there is nothing to read", async () => {
  using dir = tempDir();
  dir.write("in.txt", "from a file");
  expect((await ranScript("pwd; cat", { cwd: dir.path })).text("stdout")).toEqual([dir.path]);
  expect((await ran(["cat"], { stdin: { text: "given" } })).text("stdout")).toEqual(["given"]);
  expect((await ran(["cat"], { stdin: { file: dir.join("in.txt") } })).text("stdout")).toEqual([
    "from a file",
  ]);
});

test("a program that reads none of a large stdin ends as it likes", async () => {
  const { end } = await ran(["true"], { stdin: { text: "x".repeat(5_000_000) } });
  expect(end.code).toBe(0);
});

test("signals that we ignore have their default for the program, and its descriptors are its own", async () => {
  const { text } = await ranScript("grep SigIgn /proc/self/status; exec 3>/dev/null; echo still here");
  expect(text("stdout")).toEqual(["SigIgn:\t0000000000000000", "still here"]);
});

test("a timeout ends a program, and is told", async () => {
  const { end } = await ran(["sleep", "1000"], { timeoutMs: 100 });
  expect(end).toMatchObject({ signal: "SIGTERM", ended: "timeout" });
});

/** Runs a script, and tells it to stop once it has said that it is ready. */
async function stoppedWhenReady(script: string, graceMs: number): Promise<Ran> {
  const abort = new AbortController();
  const lines: ProgramLine[] = [];
  const { end } = await ranScript(script, {
    graceMs,
    signal: abort.signal,
    lines(some) {
      lines.push(...some);
      if (some.some(({ text }) => text === "ready")) abort.abort();
    },
  });
  return { end, lines, text: () => lines.map(({ text }) => text) };
}

test("who is told to stop gets SIGTERM, and may end as it likes", async () => {
  const script = "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.02; done";
  const { end, text } = await stoppedWhenReady(script, 60_000);
  expect(end).toMatchObject({ code: 7, ended: "stopped" });
  expect(text("stdout")).toContain("bye");
});

test("who does not heed SIGTERM gets SIGKILL after the grace, with the whole group", async () => {
  const child = "trap '' TERM; echo $$; echo ready; while :; do sleep 0.02; done";
  const { end, text } = await stoppedWhenReady(
    `trap '' TERM; sh -c "${child.replaceAll("$", "\\$")}" & wait`,
    100,
  );
  expect(end).toMatchObject({ signal: "SIGKILL", ended: "stopped" });
  await until("the deaf child to be gone", () => !isAlive(Number(text("stdout")[0])));
});

test("an aborted signal ends it too", async () => {
  const abort = new AbortController();
  const running = ranScript("echo ready; exec sleep 1000", {
    signal: abort.signal,
    lines: () => abort.abort(),
  });
  expect((await running).end).toMatchObject({ signal: "SIGTERM", ended: "stopped" });
  expect((await ran(["sleep", "1000"], { signal: AbortSignal.abort() })).end).toMatchObject({
    ended: "stopped",
  });
});

test("what a program leaves behind in its group is killed, and said", async () => {
  const { end, text } = await ranScript("sleep 1000 & echo $!");
  expect(end).toMatchObject({ code: 0, leftovers: true, escaped: false });
  await until("the leftover to be gone", () => !isAlive(Number(text("stdout")[0])));
});

test("who leaves the group and holds the output open doesn't hold up the end", async () => {
  using dir = tempDir();
  const { end, text } = await ranScript(
    "setsid sh -c 'echo $$; : >ready; exec sleep 1000' & while [ ! -e ready ]; do sleep 0.01; done",
    { cwd: dir.path },
  );
  expect(end).toMatchObject({ code: 0, escaped: true });
  const pid = Number(text("stdout")[0]);
  expect(isAlive(pid)).toBe(true);
  process.kill(pid, "SIGKILL");
});

test("a million lines are all read, slowed down to whoever takes them", async () => {
  let lines = 0;
  let bytes = 0;
  let busy = false;
  const { end } = await ranScript("yes 0123456789abcdef | head -c 17000000", {
    async lines(some) {
      expect(busy).toBe(false);
      busy = true;
      await Promise.resolve();
      lines += some.length;
      for (const { text } of some) bytes += text.length + 1;
      busy = false;
    },
  });
  expect(end.code).toBe(0);
  expect({ lines, bytes }).toEqual({ lines: 1_000_000, bytes: 17_000_000 });
});

test("a taker of lines that throws ends the program", async () => {
  const refuse = (): never => {
    throw new Error("no more");
  };
  const running = ranScript("echo $$; exec sleep 1000", { lines: refuse });
  const thrown: unknown = await running.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toHaveProperty("message", "no more");
});
