import { expect, test } from "bun:test";
import { chmodSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Interrupt, memoryCheckpointStore } from "../../../src/api/mod.ts";
import { root } from "../../kit/mod.ts";
import { eventTypes, type Ran, testPipeline, type TestPipeline, until } from "../../run/pipeline-kit.ts";

/** A pipeline with one component in `sh`. */
function shell(script: string): TestPipeline {
  return testPipeline({ "t/Shell.sh": script });
}

async function ran(script: string, config = "", more = ""): Promise<Ran> {
  using pipeline = shell(script);
  return await pipeline.run(pipeline.text([{ type: "t.Shell", name: "S", config }], more));
}

function only({ result }: Ran): NonNullable<Ran["result"]["components"][0]> {
  const [component] = result.components;
  if (component === undefined) throw new Error("there is no component");
  return component;
}

function messages({ lines }: Ran): readonly string[] {
  return lines.map(({ message }) => message);
}

test("the configuration is on stdin as JSON, and in variables", async () => {
  const config = `source-path = "a b", list = [1, "x"], on = true, no = null, inner { deep-er = 1 }, odd { "x y" = z }`;
  const { lines, result } = await ran("env | grep ^CAIRN_CONFIG_ | sort; cat", config);
  expect(result.status).toBe("completed");
  expect(messages({ lines, result }).filter((message) => message.startsWith("CAIRN_CONFIG_"))).toEqual([
    'CAIRN_CONFIG_INNER={"deep-er":1}',
    "CAIRN_CONFIG_INNER__DEEP_ER=1",
    'CAIRN_CONFIG_LIST=[1,"x"]',
    "CAIRN_CONFIG_NO=",
    'CAIRN_CONFIG_ODD={"x y":"z"}',
    "CAIRN_CONFIG_ODD__X_Y=z",
    "CAIRN_CONFIG_ON=true",
    "CAIRN_CONFIG_SOURCE_PATH=a b",
  ]);
  const json = messages({ lines, result }).find((message) => message.startsWith("{")) ?? "";
  expect(JSON.parse(json)).toEqual({
    "source-path": "a b",
    list: [1, "x"],
    on: true,
    no: null,
    inner: { "deep-er": 1 },
    odd: { "x y": "z" },
  });
});

test("the environment is Cairn's own, without its flags' variables", async () => {
  using pipeline = shell("env");
  const env = {
    ...process.env,
    TRACEPARENT: "00-1-2-01",
    OWN: "1",
    CAIRN_CHECKPOINT: "x",
    PYTHONPATH: "/mine",
  };
  const told = messages(await pipeline.run(pipeline.text([{ type: "t.Shell", name: "S" }]), { env }));
  expect(told).toEqual(
    expect.arrayContaining(["TRACEPARENT=00-1-2-01", "OWN=1", "CAIRN_CONTEXT_COMPONENT=S"]),
  );
  expect(told.some((line) => line.startsWith("CAIRN_CHECKPOINT"))).toBe(false);
  expect(told.find((line) => line.startsWith("PYTHONPATH="))).toEndWith("/python:/mine");
});

test("no variable of ours is one of a flag, which a cairn that the program starts would heed", async () => {
  using pipeline = shell("env");
  const ours = messages(
    await pipeline.run(pipeline.text([{ type: "t.Shell", name: "S" }]), {
      store: memoryCheckpointStore(),
      runKey: "k",
    }),
  )
    .map((line) => /^(CAIRN_[A-Z_]+)=/u.exec(line)?.[1])
    .filter((name) => name !== undefined);
  expect(ours.length).toBeGreaterThan(10);
  const flags = new Set(readFileSync(join(root, "docs/reference/cli.md"), "utf8").match(/CAIRN_[A-Z_]+/gu));
  expect(flags.size).toBeGreaterThan(20);
  expect(ours.filter((name) => flags.has(name))).toEqual([]);
});

test("keys that make one variable have none, and the log says so", async () => {
  const one = await ran("env", "a-b = 1, a_b = 2");
  expect(messages(one).some((message) => message.startsWith("CAIRN_CONFIG_"))).toBe(false);
  expect(messages(one)).toContain("no variable can tell a-b, a_b of the configuration; it is on stdin");
});

test("outputs, artifacts and progress are told by files; a later component reads the outputs", async () => {
  using pipeline = testPipeline({
    "t/Shell.sh": `echo one > result.txt
echo result.txt >> "$CAIRN_ARTIFACTS"
echo '{"path": "result.txt", "hash": true}' >> "$CAIRN_ARTIFACTS"
echo 1 2 half way >> "$CAIRN_PROGRESS"
echo '{"done": 2, "total": 2}' >> "$CAIRN_PROGRESS"
printf '{"rows": 3}' > "$CAIRN_OUTPUT"
`,
    "t/Next.sh": 'cp "$CAIRN_OUTPUTS" "$CAIRN_OUTPUT"',
  });
  const store = memoryCheckpointStore();
  const ran = await pipeline.run(
    pipeline.text(
      [
        { type: "t.Shell", name: "S" },
        { type: "t.Next", name: "N" },
      ],
      "checkpoint { cleanup-on-success = false }",
    ),
    { store },
  );
  expect(ran.result.components.map(({ outputs }) => outputs)).toEqual([{ rows: 3 }, { S: { rows: 3 } }]);
});

/** Runs several scripts as components of one pipeline; a failure does not end it. */
async function ranAll(scripts: readonly string[], more = ""): Promise<Ran["result"]["components"]> {
  using pipeline = shell('eval "$CAIRN_CONFIG_SCRIPT"');
  const components = scripts.map((script, at) => ({
    type: "t.Shell",
    name: `S${at}`,
    config: `script = ${JSON.stringify(script)}`,
  }));
  const { result } = await pipeline.run(pipeline.text(components, `fail-fast = false, ${more}`));
  return result.components;
}

test("exit codes and CAIRN_ERROR say what kind of failure it is", async () => {
  const policy = "retry-policy { max-retries = 1, initial-delay-ms = 1, retryable-exceptions = [Odd] }";
  const failed = (attempts: number, name: string, message: string): unknown => [
    "failed",
    attempts,
    name,
    message,
  ];
  const program = 'program "Shell.sh"';
  const cases: readonly (readonly [script: string, outcome: unknown])[] = [
    [
      "echo first >&2; echo why >&2; exit 1",
      failed(1, "ProgramError", `${program} ended with exit code 1: why`),
    ],
    ["exit 75", failed(2, "TransientError", `${program} ended with exit code 75`)],
    ["exit 78", failed(1, "PermanentError", `${program} ended with exit code 78`)],
    ["exit 99", ["skipped", 1, undefined, undefined]],
    ['echo in words > "$CAIRN_ERROR"; exit 1', failed(1, "ProgramError", "in words")],
    [`echo '{"message": "m", "name": "Odd"}' > "$CAIRN_ERROR"; exit 1`, failed(2, "Odd", "m")],
    [
      `echo '{"message": "m", "kind": "transient"}' > "$CAIRN_ERROR"; exit 1`,
      failed(2, "TransientError", "m"),
    ],
    ["kill -9 $$", failed(1, "ProgramError", `${program} was ended by SIGKILL`)],
  ];
  const components = await ranAll(
    cases.map(([script]) => script),
    policy,
  );
  expect(
    components.map(({ status, attempts, error }) => [
      status,
      attempts,
      error?.name,
      error?.message,
    ]) as unknown[],
  ).toEqual(cases.map(([, outcome]) => outcome));
});

test("a file that holds what it should not fails the component", async () => {
  const cases: readonly (readonly [script: string, code: string, says: string])[] = [
    ['echo "not json" > "$CAIRN_OUTPUT"', "PROGRAM_PROTOCOL", "CAIRN_OUTPUT"],
    ['echo "not json" >> "$CAIRN_STEPS"', "PROGRAM_PROTOCOL", "CAIRN_STEPS"],
    ['echo "{\\"result\\": 1}" >> "$CAIRN_STEPS"; sleep 1000', "PROGRAM_PROTOCOL", "a line has no name"],
    ['echo "{}" >> "$CAIRN_ARTIFACTS"', "PROGRAM_PROTOCOL", "a line has no path"],
    ['echo no-such-file >> "$CAIRN_ARTIFACTS"', "ARTIFACT_MISSING", "no-such-file"],
  ];
  const components = await ranAll(cases.map(([script]) => script));
  expect(components.map(({ error }) => error?.code)).toEqual(cases.map(([, code]) => code));
  for (const [at, [, , says]] of cases.entries()) expect(components[at]?.error?.message).toContain(says);
});

const STEPS = `append() { printf '{"name": "%s", "result": %s}\\n' "$1" "$2" >> "$CAIRN_STEPS"; }
durable() { grep -qxF "\\"$1\\"" "$CAIRN_STEPS_KEPT"; }
durable one || { echo one >> ran; append one '[1, "x"]'; until durable one; do sleep 0.01; done; }
echo "after one: $(cat "$CAIRN_STEPS")"
durable two || { echo two >> ran; append two null; printf '{"name": "three"}' >> "$CAIRN_STEPS"; }
[ -e go ] || { echo "not yet" >&2; exit 1; }
`;

test("steps are durable when that is told, all of them at the latest at the end, and not done again after a resume", async () => {
  using pipeline = shell(STEPS);
  const store = memoryCheckpointStore();
  const text = pipeline.text(
    [{ type: "t.Shell", name: "S" }],
    "checkpoint { auto-resume = true, cleanup-on-success = false }",
  );
  const first = await pipeline.run(text, { store });
  expect(only(first).status).toBe("failed");
  expect(
    (await eventTypes(store, first.result.runId)).filter((type) => type === "step-completed"),
  ).toHaveLength(3);
  pipeline.dir.write("go", "");
  const second = await pipeline.run(text, { store });
  expect(only(second).status).toBe("completed");
  expect(pipeline.dir.read("ran")).toBe("one\ntwo\n");
  const told = messages(second).join("\n");
  for (const line of [
    '{"name":"one","result":[1,"x"]}',
    '{"name":"two","result":null}',
    '{"name":"three","result":null}',
  ]) {
    expect(told).toContain(line);
  }
});

test("what a worker that is killed was told to be durable is", async () => {
  using pipeline = shell(STEPS.replace("durable two ||", "kill -9 $PPID; sleep 1000; durable two ||"));
  const store = memoryCheckpointStore();
  const text = pipeline.text(
    [{ type: "t.Shell", name: "S" }],
    "checkpoint { auto-resume = true, cleanup-on-success = false }",
  );
  expect(only(await pipeline.run(text, { store })).error?.code).toBe("COMPONENT_KILLED");
  expect(only(await pipeline.run(text, { store })).error?.code).toBe("COMPONENT_KILLED");
  expect(pipeline.dir.read("ran")).toBe("one\n");
});

test("in the runner itself such components run as well, in the run's working directory", async () => {
  using pipeline = shell(
    'echo "{\\"x\\": 1}" > "$CAIRN_OUTPUT"; echo made > made; echo made >> "$CAIRN_ARTIFACTS"',
  );
  const text = pipeline.text([{ type: "t.Shell", name: "S", more: "isolation = none" }]);
  expect(only(await pipeline.run(text))).toMatchObject({ status: "completed", outputs: { x: 1 } });
  expect(pipeline.dir.read("made")).toBe("made\n");
});

test("nothing of a component's files stays in the temporary folder", async () => {
  using pipeline = shell('dirname "$CAIRN_OUTPUT"; ls -ld "$(dirname "$CAIRN_OUTPUT")"');
  const ran = await pipeline.run(pipeline.text([{ type: "t.Shell", name: "S" }]));
  const folder = messages(ran).find((message) => message.startsWith(tmpdir())) ?? "";
  expect(folder).toContain("cairn-program-");
  expect(messages(ran).some((message) => message.startsWith("drwx------"))).toBe(true);
  expect(readdirSync(tmpdir())).not.toContain(folder.slice(tmpdir().length + 1));
});

test("a component that is told to stop gets SIGTERM, and may end as it likes", async () => {
  using pipeline = shell("trap 'echo bye > told; exit 0' TERM; echo $$ > pid; while :; do sleep 0.02; done");
  const abort = new AbortController();
  const text = pipeline.text([{ type: "t.Shell", name: "S" }]);
  const running = pipeline.run(text, { signal: abort.signal, graceMs: 60_000 });
  await until("the program to start", () => existsSync(pipeline.dir.join("pid")), 60_000);
  abort.abort(new Interrupt("SIGTERM"));
  expect((await running).result.status).toBe("interrupted");
  expect(pipeline.dir.read("told")).toBe("bye\n");
});

test("a program that can't be started fails for good", async () => {
  using pipeline = testPipeline();
  chmodSync(pipeline.dir.write("plugins/t/Odd", "#!/no/such/interpreter\n"), 0o755);
  const ran = await pipeline.run(
    pipeline.text([{ type: "t.Odd", name: "O" }], "retry-policy { initial-delay-ms = 1 }"),
  );
  expect(only(ran)).toMatchObject({ attempts: 1, error: { code: "PROGRAM_INTERPRETER_MISSING" } });
});
