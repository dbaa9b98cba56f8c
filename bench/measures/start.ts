import type { BenchContext } from "../bench-context.ts";
import { writeNoops } from "../pipelines.ts";
import { measureSuccess, median } from "../process.ts";
import type { Row } from "../row.ts";
import { short } from "../row.ts";

/** `cairn --version` beside an empty compiled program, interleaved. */
export async function measureVersion(bench: BenchContext): Promise<Row> {
  const ours: number[] = [];
  const empty: number[] = [];
  const rss: number[] = [];
  for (let round = 0; round < bench.rounds * 4; round++) {
    empty.push((await measureSuccess([bench.emptyProgram])).wallMs);
    const cost = await measureSuccess([bench.cairn, "--version"]);
    ours.push(cost.wallMs);
    rss.push(cost.rssMb);
  }
  const ratio = median(ours) / median(empty);
  return {
    what: "`cairn --version`",
    measured: `${short(median(ours))} ms, ${short(ratio)} × an empty compiled program, ${short(median(rss))} MB`,
    target: "at most 1.5 ×",
    met: ratio <= 1.5,
    figures: { wallMs: median(ours), emptyWallMs: median(empty), ratio, rssMb: median(rss) },
  };
}

/** Three no-ops with a local checkpoint: the whole process, and the memory of runner and worker. */
export async function measureSmallRun(bench: BenchContext): Promise<Row> {
  const wall: number[] = [];
  const cpu: number[] = [];
  const rss: number[] = [];
  for (let round = 0; round < bench.rounds * 2; round++) {
    const config = writeNoops(
      bench.folder(),
      { components: 3, checkpoint: true, isolation: "process" },
      new Map([[2, "rss = true"]]),
    );
    const cost = await measureSuccess([bench.cairn, "run", config, "--format=json"]);
    const worker = JSON.parse(cost.stdout) as { components: { outputs: { maxRss: number } | null }[] };
    wall.push(cost.wallMs);
    cpu.push(cost.cpuMs);
    rss.push(cost.rssMb + (worker.components[2]?.outputs?.maxRss ?? Number.NaN) / 1e6);
  }
  return {
    what: "`cairn run`, 3 no-ops, local checkpoint",
    measured: `${short(median(wall))} ms wall, ${short(median(cpu))} ms CPU, ${short(median(rss))} MB over both processes`,
    target: "60 ms on a quiet machine, 120 MB",
    met: median(wall) <= 60 && median(rss) <= 120,
    figures: { wallMs: median(wall), cpuMs: median(cpu), rssMb: median(rss) },
  };
}

/** `cairn validate` of 50 components. */
export async function measureValidate(bench: BenchContext): Promise<Row> {
  const config = writeNoops(bench.folder(), { components: 50, checkpoint: true, isolation: "process" });
  const wall: number[] = [];
  for (let round = 0; round < bench.rounds * 2; round++)
    wall.push((await measureSuccess([bench.cairn, "validate", config])).wallMs);
  return {
    what: "`cairn validate`, 50 components",
    measured: `${short(median(wall))} ms`,
    target: "at most 150 ms",
    met: median(wall) <= 150,
    figures: { wallMs: median(wall) },
  };
}
