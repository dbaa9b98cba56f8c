import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { BenchContext } from "../bench-context.ts";
import { writeNoops } from "../pipelines.ts";
import type { NoopOptions } from "../pipelines.ts";
import { measureSuccess, median } from "../process.ts";
import type { Row } from "../row.ts";
import { short } from "../row.ts";

/** The components whose cost is spread over; the start is taken off by a run of three. */
const MANY = 1_000;
const FEW = 3;

interface PerComponent {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** What a component adds to a run: the difference between many and few, over their number. */
async function perComponent(
  bench: BenchContext,
  options: Omit<NoopOptions, "components">,
): Promise<PerComponent & { readonly folder: string }> {
  const few = await measureSuccess([
    bench.cairn,
    "run",
    writeNoops(bench.folder(), { ...options, components: FEW }),
    "-q",
  ]);
  const folder = bench.folder();
  const many = await measureSuccess([
    bench.cairn,
    "run",
    writeNoops(folder, { ...options, components: MANY }),
    "-q",
  ]);
  const spread = (a: number, b: number): number => (a - b) / (MANY - FEW);
  return { wallMs: spread(many.wallMs, few.wallMs), cpuMs: spread(many.cpuMs, few.cpuMs), folder };
}

/** Sizes of the run journals below a location. */
function journalBytes(location: string): number {
  return readdirSync(location, { recursive: true, encoding: "utf8" })
    .filter((name) => name.includes("runs/") && name.endsWith(".jsonl"))
    .reduce((sum, name) => sum + statSync(join(location, name)).size, 0);
}

/** Appends and fdatasyncs of the same size as our records, by the C program. */
export async function floor(bench: BenchContext, bytes: number): Promise<PerComponent | undefined> {
  if (!bench.floorProgram) return undefined;
  const { stdout } = await measureSuccess([
    bench.floorProgram,
    join(bench.folder(), "floor"),
    String(MANY),
    String(bytes),
  ]);
  const [wall = Number.NaN, cpu = Number.NaN] = stdout.trim().split(" ").map(Number);
  return { wallMs: wall / 1e6, cpuMs: cpu / 1e6 };
}

/** Bytes of journal per completion, and its growth: what came before must not matter. */
export async function measureBytes(bench: BenchContext): Promise<Row> {
  const size = async (components: number): Promise<number> => {
    const folder = bench.folder();
    await measureSuccess([
      bench.cairn,
      "run",
      writeNoops(folder, { components, checkpoint: true, isolation: "none" }),
      "-q",
    ]);
    return journalBytes(join(folder, "checkpoints"));
  };
  const [few, half, many] = [await size(FEW), await size(MANY / 2), await size(MANY)];
  // The header lists every component once; that part belongs to the start, not to a completion.
  const header = (await headerBytes(bench, MANY)) - (await headerBytes(bench, FEW));
  const perCompletion = (many - few - header) / (MANY - FEW);
  const late = (many - half) / (MANY / 2);
  return {
    what: "journal bytes per completion (with the next start)",
    measured: `${short(perCompletion)} (header aside; the second half of ${MANY} adds ${short(late)} each, header included)`,
    target: "at most 600 plus outputs",
    met: perCompletion <= 600,
    figures: { perCompletion, late },
  };
}

/** Bytes of the first record of a run of that many components. */
async function headerBytes(bench: BenchContext, components: number): Promise<number> {
  const folder = bench.folder();
  await measureSuccess([
    bench.cairn,
    "run",
    writeNoops(folder, { components, checkpoint: true, isolation: "none" }),
    "-q",
  ]);
  const location = join(folder, "checkpoints");
  const name = readdirSync(location, { recursive: true, encoding: "utf8" }).find(
    (entry) => entry.includes("runs/") && entry.endsWith(".jsonl"),
  );
  const text = await Bun.file(join(location, name ?? "")).text();
  return text.indexOf("\n") + 1;
}

/** Cost per component in three ways, interleaved with the floor. */
export async function measureCompletion(bench: BenchContext): Promise<Row[]> {
  const ways = { none: [] as PerComponent[], process: [] as PerComponent[], free: [] as PerComponent[] };
  const floors: PerComponent[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const none = await perComponent(bench, { checkpoint: true, isolation: "none" });
    ways.none.push(none);
    const found = await floor(bench, Math.round(journalBytes(join(none.folder, "checkpoints")) / MANY));
    if (found) floors.push(found);
    ways.process.push(await perComponent(bench, { checkpoint: true, isolation: "process" }));
    ways.free.push(await perComponent(bench, { checkpoint: false, isolation: "process" }));
  }
  const base = { wallMs: median(floors.map((f) => f.wallMs)), cpuMs: median(floors.map((f) => f.cpuMs)) };
  const row = (
    what: string,
    costs: readonly PerComponent[],
    bound: number | undefined,
    target: string,
  ): Row => {
    const wallMs = median(costs.map((c) => c.wallMs));
    const cpuMs = median(costs.map((c) => c.cpuMs));
    const ratio = wallMs / base.wallMs;
    return {
      what,
      measured: `${short(wallMs)} ms wall (${short(ratio)} × the floor), ${short(cpuMs)} ms CPU`,
      target,
      met: bound === undefined ? wallMs <= 0.1 : ratio <= bound,
      figures: { wallMs, cpuMs, ratio },
    };
  };
  return [
    {
      what: "floor: append and fdatasync in C, same record size",
      measured: `${short(base.wallMs)} ms wall, ${short(base.cpuMs)} ms CPU`,
      target: "",
      met: undefined,
      figures: { wallMs: base.wallMs, cpuMs: base.cpuMs },
    },
    row("per component, local checkpoint, `isolation = none`", ways.none, 1.2, "at most 1.2 × the floor"),
    row("per component, local checkpoint, worker processes", ways.process, 1.5, "at most 1.5 × the floor"),
    row("per component, no checkpoint, worker processes", ways.free, undefined, "at most 0.1 ms"),
  ];
}

/** Counts fsync and fdatasync with strace: runs of two lengths, so that the start falls out. */
export async function measureSyncs(bench: BenchContext): Promise<Row> {
  const target = "1";
  const what = "fsyncs per completion";
  if (!Bun.which("strace"))
    return { what, measured: "strace is not installed", target, met: undefined, figures: {} };
  const count = async (components: number): Promise<number> => {
    const folder = bench.folder();
    const config = writeNoops(folder, { components, checkpoint: true, isolation: "process" });
    const log = join(folder, "strace.txt");
    await measureSuccess([
      "strace",
      "-f",
      "-o",
      log,
      "-e",
      "trace=fsync,fdatasync",
      bench.cairn,
      "run",
      config,
      "-q",
    ]);
    return (await Bun.file(log).text()).split("\n").filter((line) => /f(data)?sync\(/.test(line)).length;
  };
  const [few, many] = [await count(FEW), await count(203)];
  const each = (many - few) / 200;
  return {
    what,
    measured: `${each} (and ${few - FEW * each} for start and end)`,
    target,
    met: each === 1,
    figures: { each, fixed: few - FEW * each },
  };
}
