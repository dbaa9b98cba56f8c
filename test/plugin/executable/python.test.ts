import { expect, test } from "bun:test";
import { join } from "node:path";
import { memoryCheckpointStore } from "../../../src/api/mod.ts";
import { root, tempDir } from "../../kit/mod.ts";
import { type Ran, testPipeline, type TestPipeline } from "../../run/pipeline-kit.ts";

/** CI has it; where it is missing, that is said. */
const hasPython = Bun.which("python3") !== null;
const title = (text: string): string => (hasPython ? text : `${text} (left out: there is no python3)`);

/** A component that does what its configuration asks for. */
const COMPONENT = `import os
import cairn

def main(config):
    do = config["do"]
    if do == "tell":
        cairn.log.warn("careful", rows=3)
        cairn.progress(1, 2, "half")
        with open("result.txt", "w") as file:
            file.write("x")
        cairn.artifact("result.txt", hash=True)
        context = cairn.context
        return {"attempt": context.attempt, "key": context.run_key, "component": context.component}
    if do == "read":
        return [cairn.outputs("Tell"), cairn.outputs("Nothing")]
    if do == "steps":
        first = cairn.step("first \\u00fc\\u2028\\"", lambda: note("first") or (1, {2: 3}))
        second = cairn.step("second", lambda: note("second"))
        for number in range(20):
            cairn.step("many %d" % number, lambda: number)
        if not os.path.exists("go"):
            raise cairn.TransientError("not yet", hint="wait a little")
        return [first, second]
    if do == "transient":
        raise cairn.TransientError("later", hint="wait")
    if do == "permanent":
        raise cairn.PermanentError("never")
    if do == "skip":
        raise cairn.SkipComponent("nothing new")
    if do == "bug":
        raise KeyError("orders")
    if do == "exit":
        raise SystemExit(7)
    if do == "nan":
        return float("nan")

def note(text):
    with open("notes", "a") as file:
        file.write(text + "\\n")

cairn.run(main)
`;

function python(): TestPipeline {
  return testPipeline({ "t/Py.py": COMPONENT });
}

function component(name: string, config: string): { type: string; name: string; config: string } {
  return { type: "t.Py", name, config };
}

function errorOf({ result }: Ran): unknown {
  const { status, attempts, error } = result.components[0] ?? {};
  return [status, attempts, error?.name, error?.message, error?.code];
}

test.skipIf(!hasPython)(title("what a component in Python tells, and what it is told"), async () => {
  using pipeline = python();
  const text = pipeline.text([
    component("Tell", "do = tell"),
    component("Nothing", "do = nothing"),
    component("Read", "do = read"),
  ]);
  const { result, lines } = await pipeline.run(text, { runKey: "monday", store: memoryCheckpointStore() });
  const told = { attempt: 1, key: "monday", component: "Tell" };
  expect(result.components.map(({ outputs }) => outputs)).toEqual([told, null, [told, null]]);
  expect(lines.find(({ message }) => message === "careful")).toMatchObject({
    level: "warn",
    fields: { rows: 3 },
  });
});

test.skipIf(!hasPython)(title("errors of Python are failures of the kind that they say"), async () => {
  using pipeline = python();
  const policy = "retry-policy { max-retries = 1, initial-delay-ms = 1, retryable-exceptions = [None] }";
  const cases: Readonly<Record<string, unknown>> = {
    transient: ["failed", 2, "TransientError", "later"],
    permanent: ["failed", 1, "PermanentError", "never"],
    skip: ["skipped", 1, undefined, undefined],
    bug: ["failed", 1, "KeyError", "'orders'"],
    exit: ["failed", 1, "ProgramError", 'program "Py.py" ended with exit code 7'],
    nan: ["failed", 1, "ValueError", expect.stringContaining("JSON")],
  };
  const components = Object.keys(cases).map((what) => component(what, `do = ${what}`));
  const { result } = await pipeline.run(pipeline.text(components, `fail-fast = false, ${policy}`));
  const outcomes = result.components.map(({ name, status, attempts, error }) => [
    name,
    [status, attempts, error?.name, error?.message],
  ]);
  expect(Object.fromEntries(outcomes) as unknown).toEqual(cases);
});

test.skipIf(!hasPython)(
  title("a step of Python is durable when it returns, and gives the same after a resume"),
  async () => {
    using pipeline = python();
    const store = memoryCheckpointStore();
    const more = "checkpoint { auto-resume = true, cleanup-on-success = false }";
    const run = (): Promise<Ran> =>
      pipeline.run(pipeline.text([component("P", "do = steps")], more), { store });
    expect(errorOf(await run())).toEqual(["failed", 1, "TransientError", "not yet", "PROGRAM_FAILED"]);
    pipeline.dir.write("go", "");
    const second = await run();
    expect(second.result.components[0]?.outputs).toEqual([[1, { "2": 3 }], null]);
    expect(pipeline.dir.read("notes")).toBe("first\nsecond\n");
  },
);

test.skipIf(!hasPython)(title("the helper does without Cairn, e.g. in tests of a component"), async () => {
  using dir = tempDir();
  dir.write("go", "");
  const file = dir.write("Py.py", COMPONENT.replace("cairn.run(main)", 'print(main({"do": "steps"}))'));
  const run = Bun.spawn(["python3", file], {
    cwd: dir.path,
    env: {
      PATH: process.env["PATH"] ?? "",
      PYTHONPATH: join(root, "src/plugin/executable"),
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
  expect((await new Response(run.stdout).text()).trim()).toBe("[[1, {'2': 3}], None]");
});
