import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchContext } from "../bench-context.ts";
import { writeNoops } from "../pipelines.ts";
import { measureProcess, measureSuccess, median } from "../process.ts";
import type { Row } from "../row.ts";
import { short } from "../row.ts";

const COMPONENTS = 1_000;
const KILLED_AT = 500;

/** Milliseconds from the start of the process until a component that notes its start began. */
async function untilStart(command: readonly string[], file: string, already: number): Promise<number> {
  const began = Date.now();
  await measureSuccess(command);
  return Number(readFileSync(file, "utf8").trim().split("\n")[already]) - began;
}

/** Resume after a SIGKILL of the runner at component 500 of 1,000, beside a cold start of the same file. */
export async function measureResume(bench: BenchContext): Promise<Row> {
  const cold: number[] = [];
  const resumed: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const folder = bench.folder();
    const file = join(folder, "started");
    const note = `started-file = ${JSON.stringify(file)}`;
    const killed = `${note}, die-file = ${JSON.stringify(join(folder, "died"))}`;
    const config = writeNoops(
      folder,
      { components: COMPONENTS, checkpoint: true, isolation: "process" },
      new Map([[KILLED_AT, killed]]),
    );
    await measureProcess([bench.cairn, "run", config, "-q"]);
    resumed.push(await untilStart([bench.cairn, "run", config, "-q"], file, 1));
    const coldFolder = bench.folder();
    const coldFile = join(coldFolder, "started");
    const coldNote = `started-file = ${JSON.stringify(coldFile)}`;
    const coldConfig = writeNoops(
      coldFolder,
      { components: COMPONENTS, checkpoint: true, isolation: "process" },
      new Map([[0, coldNote]]),
    );
    cold.push(await untilStart([bench.cairn, "run", coldConfig, "-q"], coldFile, 0));
  }
  const ratio = median(resumed) / median(cold);
  return {
    what: "resume after a kill at component 500 of 1,000: first new start",
    measured: `${short(median(resumed))} ms, ${short(ratio)} × a cold start`,
    target: "at most 1.3 ×",
    met: ratio <= 1.3,
    figures: { resumedMs: median(resumed), coldMs: median(cold), ratio },
  };
}

/** Reading back the journal of 1,000 components, in process, through the library. */
export async function measureLoad(bench: BenchContext): Promise<Row> {
  const folder = bench.folder();
  const config = writeNoops(folder, { components: COMPONENTS, checkpoint: true, isolation: "none" });
  const { stdout } = await measureSuccess([bench.cairn, "run", config, "--format=json", "-q"]);
  const { runId } = JSON.parse(stdout) as { runId: string };
  const { fileSystemCheckpointStore, readCheckpoint } = await import("../../src/api/mod.ts");
  const store = fileSystemCheckpointStore(join(folder, "checkpoints"));
  const wall: number[] = [];
  for (let round = 0; round < bench.rounds * 4; round++) {
    const before = performance.now();
    await readCheckpoint(store, runId);
    wall.push(performance.now() - before);
  }
  await store.close();
  return {
    what: "load of a 1,000-component journal, local",
    measured: `${short(median(wall))} ms`,
    target: "at most 20 ms",
    met: median(wall) <= 20,
    figures: { wallMs: median(wall) },
  };
}

/** 10,000 components in one run: memory of both processes. */
export async function measureMemory(bench: BenchContext): Promise<Row> {
  const last = 9_999;
  const config = writeNoops(
    bench.folder(),
    { components: last + 1, checkpoint: true, isolation: "process" },
    new Map([[last, "rss = true"]]),
  );
  const cost = await measureSuccess([bench.cairn, "run", config, "--format=json", "-q"]);
  const result = JSON.parse(cost.stdout) as { components: { outputs: { maxRss: number } | null }[] };
  const worker = (result.components[last]?.outputs?.maxRss ?? Number.NaN) / 1e6;
  const total = cost.rssMb + worker;
  return {
    what: "10,000 components, local checkpoint: memory",
    measured: `${short(total)} MB (runner ${short(cost.rssMb)}, worker ${short(worker)}), ${short(cost.wallMs / 1000)} s`,
    target: "250 MB",
    met: total <= 250,
    figures: { totalMb: total, runnerMb: cost.rssMb, workerMb: worker, wallMs: cost.wallMs },
  };
}
