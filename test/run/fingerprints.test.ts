import { expect, test } from "bun:test";
import { type CheckpointStore, memoryCheckpointStore, readCheckpoint } from "../../src/api/mod.ts";
import { testPipeline } from "./pipeline-kit.ts";

const PART = `import { defineComponent, v } from "cairn";
export default defineComponent({
  config: v.object({
    sourcePath: v.string(),
    batchSize: v.optional(v.number(), 1000),
    tags: v.optional(v.array(v.string()), []),
    headers: v.optional(v.record(v.string(), v.string()), {}),
    password: v.optional(v.string()),
  }),
  run() {},
});
`;

/** What it has been since it was first written down; another one would make every unfinished run a changed one. */
const GOLDEN = "dc71ad57ccf628078f7bdeb748f9f6e95fe41113d8f3335ceecc78aa060859f8";

/** How a person may write the same settings. */
const SPELLINGS: readonly (readonly [how: string, config: string])[] = [
  ["plainly", 'source-path = "/data/in", batch-size = 1000, headers { "a-b" = x }, password = one'],
  ["with comments", '# where\n source-path = "/data/in" // here\n headers { "a-b" = x }, password = one'],
  [
    "in another order",
    'password = one, headers { "a-b" = x }\n batch-size = 1000\n source-path = "/data/in"',
  ],
  ["in camel case", 'sourcePath = "/data/in", batchSize = 1000, headers { "a-b" = x }, password = one'],
  ["in other forms", 'source-path : /data/in\n batch-size = "1e3", headers."a-b" = "x", password = one'],
  ["with defaults spelled out", 'source-path = /data/in, tags = [], headers { "a-b" = x }, password = one'],
  [
    "with a substitution and overridden",
    'source-path = /other, source-path = ${base}/in, headers { "a-b" = x }, password = one',
  ],
  ["with another password", 'source-path = "/data/in", headers { "a-b" = x }, password = two'],
];

/** The configuration part of a component's fingerprint as the journal has it. */
async function recorded(store: CheckpointStore, runId: string): Promise<string | undefined> {
  const { records } = await readCheckpoint(store, runId);
  for (const event of records.flatMap(({ events }) => events)) {
    if (typeof event !== "string" && event.type === "run-started")
      return event.components[0]?.fingerprint.config;
  }
  return undefined;
}

test("golden: a component's fingerprint goes by what its settings mean, however they are written", async () => {
  using pipeline = testPipeline({ "t/Part.ts": PART });
  const prints: (readonly [string, string | undefined])[] = [];
  for (const [how, config] of SPELLINGS) {
    const store = memoryCheckpointStore();
    const text = `base = /data\n${pipeline.text([{ type: "t.Part", name: "A", config }], "checkpoint { cleanup-on-success = false }")}`;
    const { result } = await pipeline.run(text, { store, isolation: "none" });
    prints.push([how, await recorded(store, result.runId)]);
  }
  expect(prints).toEqual(SPELLINGS.map(([how]) => [how, GOLDEN]));
});
