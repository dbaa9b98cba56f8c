import { expect, test } from "bun:test";
import { Interrupt, memoryCheckpointStore } from "../../src/api/mod.ts";
import { statuses, testPipeline } from "./pipeline-kit.ts";

const THREE = ["A", "B", "C"].map((name) => ({ type: "t.Tally", name }));

test("a number of the journal that somebody else has taken stops the run with exit code 5", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  const hooks = {
    async afterComponent({ name }: { readonly name: string }) {
      if (name !== "A") return;
      const log = (await store.logs("")).find((one) => one.includes("/runs/")) ?? "";
      const last = await store.last(log);
      const seq = (last?.seq ?? 0) + 1;
      await store.append(log, seq, `{"seq":${seq},"foreign":true}`);
    },
  };
  const { result } = await pipeline.run(pipeline.text(THREE), { store, hooks });
  expect(result).toMatchObject({ status: "failed", reason: "fenced", exitCode: 5 });
  expect(statuses(result)).toEqual(["completed", "failed", "not-run"]);
  expect(result.components[1]).toMatchObject({ reason: "checkpoint-lost" });
  expect(pipeline.tally("C")).toBe(0);
});

test("an interrupt while a plugin hangs in its loading ends the run, and nothing is recorded", async () => {
  using pipeline = testPipeline({ "t/Hangs.ts": "for (;;);\nexport default () => undefined;\n" });
  const store = memoryCheckpointStore();
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(new Interrupt("SIGTERM")), 300);
  const text = pipeline.text([{ type: "t.Hangs", name: "H" }]);
  const { result } = await pipeline.run(text, { store, signal: interrupt.signal });
  expect(result).toMatchObject({ status: "interrupted", reason: "SIGTERM", exitCode: 143, checkpoint: null });
  expect(statuses(result)).toEqual(["not-run"]);
  expect(await store.logs("")).toEqual([]);
});

test("a plugin that ends its process while it is loaded is a configuration error", async () => {
  using pipeline = testPipeline({ "t/Exits.ts": "process.exit(3);\n" });
  const running = pipeline.run(pipeline.text([{ type: "t.Exits", name: "E" }]));
  const thrown = await running.catch((caught: unknown) => caught);
  expect(thrown).toMatchObject({ code: "CONFIG_INVALID", findings: [{ code: "WORKER_ENDED" }] });
});
