import type { BenchContext } from "../bench-context.ts";
import { type NoopOptions, writeNoops } from "../pipelines.ts";
import { measureSuccess, median } from "../process.ts";
import { type Row, short } from "../row.ts";
import { floor } from "./completion.ts";

/** Two long runs: between them start, the loading of the first components and the compiler's warming up fall out. */
const LONG = 4_000;
const LONGER = 10_000;
/** Bytes of a completion's record, about. */
const RECORD_BYTES = 430;

async function slope(bench: BenchContext, options: Omit<NoopOptions, "components">): Promise<number> {
  const wall = async (components: number): Promise<number> => {
    const config = writeNoops(bench.folder(), { ...options, components });
    return (await measureSuccess([bench.cairn, "run", config, "-q"])).wallMs;
  };
  const [long, longer] = [await wall(LONG), await wall(LONGER)];
  return (longer - long) / (LONGER - LONG);
}

/** What a component costs once the program is warm, beside the floor of the same moment. */
export async function measureWarm(bench: BenchContext): Promise<Row[]> {
  const rows: Row[] = [];
  for (const isolation of ["none", "process"] as const) {
    const ratios: number[] = [];
    const walls: number[] = [];
    for (let round = 0; round < Math.min(bench.rounds, 3); round++) {
      const before = await floor(bench, RECORD_BYTES);
      const wallMs = await slope(bench, { checkpoint: true, isolation });
      const after = await floor(bench, RECORD_BYTES);
      walls.push(wallMs);
      if (before && after) ratios.push(wallMs / ((before.wallMs + after.wallMs) / 2));
    }
    rows.push({
      what: `the same once warm (from ${LONG} to ${LONGER} components), \`isolation = ${isolation}\``,
      measured: `${short(median(walls))} ms wall (${short(median(ratios))} × the floor)`,
      target: "",
      met: undefined,
      figures: { wallMs: median(walls), ratio: median(ratios) },
    });
  }
  return rows;
}
