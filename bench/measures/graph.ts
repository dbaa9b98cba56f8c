import type { BenchContext } from "../bench-context.ts";
import { writeNoops } from "../pipelines.ts";
import { type Cost, measureSuccess, median } from "../process.ts";
import { type Row, short } from "../row.ts";

const COMPONENTS = 1_000;
/** Components side by side; each comes after two of the row before. */
const LANES = 10;
const PARALLEL = [1, 2, 8] as const;
const RETRIES = 100;
const STEPS = 1_000;

function beforeInLattice(index: number): readonly string[] {
  const row = Math.floor(index / LANES);
  if (row === 0) return [];
  const above = (lane: number): string => `c${(row - 1) * LANES + (lane % LANES)}`;
  return [above(index), above(index + 1)];
}

async function runGraph(bench: BenchContext, maxParallel: number): Promise<Cost> {
  const config = writeNoops(bench.folder(), {
    components: COMPONENTS,
    checkpoint: true,
    isolation: "process",
    more: `max-parallel = ${maxParallel}`,
    after: beforeInLattice,
  });
  return measureSuccess([bench.cairn, "run", config, "-q"]);
}

/** A graph of 1,000 no-ops, start and end included, with 1, 2 and 8 at a time, interleaved. */
export async function measureGraph(bench: BenchContext): Promise<Row[]> {
  const costs = new Map<number, Cost[]>(PARALLEL.map((each) => [each, []]));
  for (let round = 0; round < bench.rounds; round++) {
    for (const each of PARALLEL) costs.get(each)?.push(await runGraph(bench, each));
  }
  const wallOf = (each: number): number => median((costs.get(each) ?? []).map(({ wallMs }) => wallMs));
  return PARALLEL.map((each) => {
    const wallMs = wallOf(each);
    const cpuMs = median((costs.get(each) ?? []).map((cost) => cost.cpuMs));
    const ratio = wallMs / wallOf(1);
    return {
      what: `a graph of ${COMPONENTS} no-ops, local checkpoint, \`max-parallel = ${each}\``,
      measured: `${short(wallMs)} ms wall (${short(ratio)} × one at a time), ${short(cpuMs)} ms CPU`,
      target: "",
      met: undefined,
      figures: { wallMs, cpuMs, ratio },
    };
  });
}

/** What `settings` add to a run of one component over `plain` ones, for each of `count`. */
async function addedBy(
  bench: BenchContext,
  count: number,
  [plain, settings]: readonly [plain: string, settings: string],
): Promise<number> {
  const wall = async (own: string): Promise<number> => {
    const config = writeNoops(
      bench.folder(),
      {
        components: 1,
        checkpoint: true,
        isolation: "process",
        more: `retry-policy { max-retries = ${RETRIES}, initial-delay-ms = 0, jitter-factor = 0 }`,
      },
      new Map([[0, own]]),
    );
    return (await measureSuccess([bench.cairn, "run", config, "-q"])).wallMs;
  };
  const walls: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const without = await wall(plain);
    walls.push(((await wall(settings)) - without) / count);
  }
  return median(walls);
}

function addedRow(what: string, wallMs: number): Row {
  return { what, measured: `${short(wallMs)} ms wall`, target: "", met: undefined, figures: { wallMs } };
}

/** A failed attempt and the next one, in a new process as after each failure. */
export async function measureRetry(bench: BenchContext): Promise<Row> {
  const settings = ["", `good-from = ${RETRIES + 1}`] as const;
  return addedRow(
    "a retry without delay, local checkpoint, worker processes",
    await addedBy(bench, RETRIES, settings),
  );
}

/** A step: its result to the runner, durable, and the answer. */
export async function measureStep(bench: BenchContext): Promise<Row> {
  const settings = ["", `steps = ${STEPS}`] as const;
  return addedRow("a step, local checkpoint, worker processes", await addedBy(bench, STEPS, settings));
}
