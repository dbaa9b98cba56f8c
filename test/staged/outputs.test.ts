import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runCairn } from "../kit/mod.ts";
import { testPipeline } from "../run/pipeline-kit.ts";

/** Writes an output and then does as its `then` says; a file `fail` beside the output makes it fail afterwards. */
const WRITE = `import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineComponent, SkipComponent, v } from "cairn";

export default defineComponent({
  config: v.object({
    uri: v.string(),
    mode: v.optional(v.picklist(["overwrite", "append", "error"])),
    folder: v.optional(v.boolean(), false),
    name: v.optional(v.string()),
    text: v.optional(v.string(), "content"),
    then: v.optional(v.string(), "return"),
    marker: v.optional(v.string(), "none"),
  }),
  async run({ config, output, run, log }) {
    const out = await output(config.uri, { mode: config.mode, folder: config.folder, name: config.name });
    if (config.folder) {
      writeFileSync(join(out.path, "a.txt"), config.text);
      writeFileSync(join(out.path, "b.txt"), run.rootRunId);
    } else {
      await out.write(config.text.slice(0, 3));
      await out.write(new Blob([config.text.slice(3)]).stream());
    }
    log.info("wrote " + out.path);
    if (config.then === "discard") await out.discard();
    if (config.then === "skip") throw new SkipComponent("nothing new");
    if (config.then === "nothing") await output(config.uri + ".other");
    if (config.then === "twice") await output(config.uri);
    if (existsSync(config.marker)) throw new Error("told to fail");
    return { uri: out.uri };
  },
});
`;

const CHECKPOINT = `checkpoint { enabled = true, location = "cp", cleanup-on-success = false }`;

/** Names in a folder, hidden ones included. */
function names(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}

for (const isolation of ["process", "none"] as const) {
  test(`isolation ${isolation}: an output gets its name when its component has completed, and is what a resume checks`, async () => {
    using pipeline = testPipeline({ "t/Write.ts": WRITE });
    const target = pipeline.dir.join("lake/x.txt");
    const marker = pipeline.dir.join("marker");
    const write = {
      type: "t.Write",
      name: "Write",
      config: `uri = "lake/x.txt", marker = ${JSON.stringify(marker)}`,
    };
    const text = pipeline.text([write, { type: "t.Tally", name: "After" }], CHECKPOINT);
    writeFileSync(marker, "");
    pipeline.dir.write("After.fail", "");
    const first = await pipeline.run(text, { isolation });
    expect(first.result).toMatchObject({ status: "failed", exitCode: 1 });
    expect(names(dirname(target))).toEqual([]);

    pipeline.dir.write("lake/x.txt", "before");
    unlinkSync(marker);
    const second = await pipeline.run(text, { isolation, resume: "latest" });
    expect(second.result.components[0]).toMatchObject({ status: "completed", outputs: { uri: target } });
    expect(readFileSync(target, "utf8")).toBe("content");
    expect(names(dirname(target))).toEqual(["x.txt"]);

    const third = await pipeline.run(text, { isolation, resume: "latest" });
    expect(third.result.components[0]?.status).toBe("restored");
    writeFileSync(target, "spoilt");
    unlinkSync(pipeline.dir.join("After.fail"));
    const fourth = await pipeline.run(text, { isolation, resume: "latest" });
    expect(fourth.result).toMatchObject({ status: "completed" });
    expect(fourth.result.components[0]).toMatchObject({ status: "completed", reason: "artifact-changed" });
    expect(readFileSync(target, "utf8")).toBe("content");
  });
}

test("without a checkpoint outputs are staged and published all the same; retries leave nothing", async () => {
  using pipeline = testPipeline({ "t/Write.ts": WRITE });
  const marker = pipeline.dir.write("marker", "");
  const write = {
    type: "t.Write",
    name: "Write",
    config: `uri = "lake/x", marker = ${JSON.stringify(marker)}`,
  };
  const failed = await pipeline.run(
    pipeline.text([{ ...write, more: `retry-policy { max-retries = 2, initial-delay-ms = 1 }` }]),
  );
  expect(failed.result.components[0]).toMatchObject({ status: "failed", attempts: 3 });
  expect(names(pipeline.dir.join("lake"))).toEqual([]);
  const done = await pipeline.run(pipeline.text([{ ...write, config: `uri = "lake/x"` }]));
  expect(done.result.status).toBe("completed");
  expect(pipeline.dir.read("lake/x")).toBe("content");
});

test("appending adds one file for each chain of runs, however often it is resumed", async () => {
  using pipeline = testPipeline({ "t/Write.ts": WRITE });
  const write = {
    type: "t.Write",
    name: "Write",
    config: `uri = "lake", mode = append, name = "orders.jsonl"`,
  };
  const text = pipeline.text([write, { type: "t.Tally", name: "After" }], CHECKPOINT);
  const fail = pipeline.dir.write("After.fail", "");
  await pipeline.run(text);
  const [name = ""] = names(pipeline.dir.join("lake"));
  expect(name).toMatch(/^orders-[0-9a-f]{16}\.jsonl$/);
  writeFileSync(pipeline.dir.join("lake", name), "spoilt");
  await pipeline.run(text, { resume: "latest" });
  expect(names(pipeline.dir.join("lake"))).toEqual([name]);
  expect(pipeline.dir.read(join("lake", name))).toBe("content");
  await pipeline.run(text, { fresh: true });
  expect(names(pipeline.dir.join("lake")).length).toBe(2);
  expect(existsSync(fail)).toBeTrue();
});

test("a dataset is a new subfolder and a manifest; mode error refuses what is there", async () => {
  using pipeline = testPipeline({ "t/Write.ts": WRITE });
  const dataset = { type: "t.Write", name: "Write", config: `uri = "set", folder = true` };
  for (const run of [1, 2, 3]) {
    expect((await pipeline.run(pipeline.text([dataset]))).result.status, String(run)).toBe("completed");
  }
  const { folder, replaces } = JSON.parse(pipeline.dir.read("set/_manifest.json")) as Record<string, string>;
  expect(names(pipeline.dir.join("set"))).toEqual(
    ["_manifest.json", folder ?? "", replaces ?? ""].toSorted(),
  );
  expect(names(pipeline.dir.join("set", folder ?? ""))).toEqual(["_manifest.json", "a.txt", "b.txt"]);
  const once = { ...dataset, config: `${dataset.config}, mode = error` };
  const refused = await pipeline.run(pipeline.text([once]));
  expect(refused.result.components[0]?.error).toMatchObject({ code: "FILE_EXISTS" });
});

test("a skipped component publishes nothing, nor does one that gave its output up; nothing written is an error", async () => {
  using pipeline = testPipeline({ "t/Write.ts": WRITE });
  const one = async (then: string): Promise<unknown> => {
    const write = { type: "t.Write", name: "Write", config: `uri = "lake/x", then = ${then}` };
    const { result } = await pipeline.run(pipeline.text([write]));
    expect(names(pipeline.dir.join("lake")), then).toEqual([]);
    return result.components[0];
  };
  expect(await one("skip")).toMatchObject({ status: "skipped" });
  expect(await one("discard")).toMatchObject({ status: "completed" });
  expect(await one("nothing")).toMatchObject({ status: "failed", error: { code: "FILE_MISSING" } });
  expect(await one("twice")).toMatchObject({ status: "failed", error: { code: "OUTPUT_TAKEN" } });
});

test("deleting a checkpoint takes along what its dead attempts had staged", async () => {
  using pipeline = testPipeline({
    "t/Die.ts": `export default async ({ output }) => {
      const out = await output("lake/x");
      await out.write("half");
      process.kill(process.ppid, "SIGKILL");
      await Bun.sleep(60_000);
    };`,
  });
  const file = pipeline.dir.write("p.conf", pipeline.text([{ type: "t.Die", name: "Die" }], CHECKPOINT));
  const cwd = pipeline.dir.path;
  await runCairn(["run", file, "--plugins", pipeline.dir.join("plugins"), "--run-id=dead"], { cwd });
  expect(names(pipeline.dir.join("lake")).length).toBe(1);
  const deleted = await runCairn(["checkpoints", "delete", "dead", `--location=${pipeline.dir.join("cp")}`], {
    cwd,
  });
  expect(deleted.code, deleted.stderr).toBe(0);
  expect(names(pipeline.dir.join("lake"))).toEqual([]);
}, 60_000);
