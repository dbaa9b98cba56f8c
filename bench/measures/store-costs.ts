import { systemClock, systemRandom } from "../../src/base/mod.ts";
import { type ComponentHeader, keyNames, type RunJournal, startRun } from "../../src/checkpoint/mod.ts";
import { type CheckpointStore, withRetry } from "../../src/store/mod.ts";
import type { Exchange } from "../../test/servers/mod.ts";
import { median } from "../process.ts";
import { type Row, short } from "../row.ts";

/** Components of the run that is counted. */
const MANY = 1_000;
/** Completions whose requests are counted: the last segment before them is long written. */
const COUNTED = 950;
/** Records behind the last segment of a run that is killed at the worst moment. */
const WORST = 99;
/** Completions, and bare writes, in one round of the latency. */
const TURN = 100;

/** A store under measure. */
export interface Measured {
  /** As rows name it. */
  readonly name: string;
  /** Opens a location of that name; `counted`: by the proxies. */
  open(place: string, counted: boolean): Promise<CheckpointStore>;
  /** Begins to count anew. */
  reset(): void;
  /** What came by since. */
  exchanges(): readonly Exchange[];
  /** One bare write of a record, as few requests as the server needs for it. */
  bare(name: string, text: string): Promise<void>;
  /** Requests of one completion. */
  readonly perCompletion: number;
  /** Requests of a load after a graceful end and after a kill, where there is a target. */
  readonly targets: { readonly graceful: number; readonly killed: number } | undefined;
}

async function openJournal(store: CheckpointStore, components: number): Promise<RunJournal> {
  const headers = Array.from({ length: components }, (_, index): ComponentHeader => ({
    name: `component-${index}`,
    type: "com.example.Step",
    fingerprint: { config: "c".repeat(64), code: "d".repeat(64) },
    after: index === 0 ? [] : [index - 1],
  }));
  const outcome = await startRun({
    store: withRetry(store),
    pipelineName: "bench",
    runKey: undefined,
    mode: { kind: "fresh" },
    holder: {
      id: systemRandom.nonce(),
      host: "bench",
      pid: process.pid,
      pidStart: "",
      bootId: "",
      pidNamespace: "",
      since: new Date().toISOString(),
      groups: [],
    },
    ifHeld: "wait",
    decide: () => Promise.resolve({ components: headers, options: {} }),
    clock: systemClock,
    random: systemRandom,
    killGroups: () => Promise.resolve(),
  });
  if (outcome.kind !== "started") throw new Error(`the start answered ${outcome.kind}`);
  return outcome.journal;
}

/** One completion with the start of the next component, as the runner records it. */
async function complete(journal: RunJournal, index: number): Promise<void> {
  const at = new Date().toISOString();
  await journal.append([
    { type: "component-completed", index, attempt: 1, startedAt: at, completedAt: at, durationMs: 1 },
    { type: "attempt-started", index: index + 1, attempt: 1 },
  ]);
}

interface Counted {
  readonly requests: number;
  readonly sent: number;
  readonly received: number;
}

function count(exchanges: readonly Exchange[]): Counted {
  // Renewals come by time, not by completions.
  const ours = exchanges.filter(({ path }) => !decodeURIComponent(path).includes(".lease/"));
  const sum = (side: "request" | "answer"): number =>
    ours.reduce((total, { bytes }) => total + bytes[side], 0);
  return { requests: ours.length, sent: sum("request"), received: sum("answer") };
}

async function countLoad(measured: Measured, place: string, log: string, records: number): Promise<Counted> {
  const store = await measured.open(place, true);
  measured.reset();
  const read = await store.read(log);
  if (read.length !== records) throw new Error(`${read.length} records were read in place of ${records}`);
  const counted = count(measured.exchanges());
  await store.close();
  return counted;
}

/** Requests and bytes: of completions, and of loads after a graceful end and after a kill. */
export async function countCosts(measured: Measured): Promise<Row[]> {
  const { name, targets, perCompletion } = measured;
  const store = await measured.open("counted", true);
  const journal = await openJournal(store, MANY);
  measured.reset();
  for (let index = 0; index < COUNTED; index++) await complete(journal, index);
  const spent = count(measured.exchanges());
  for (let index = COUNTED; index < MANY - 1; index++) await complete(journal, index);
  await journal.append([{ type: "run-failed", reason: "component" }]);
  await journal.close();
  const log = keyNames("bench", undefined).run(journal.runId);
  await store.close();
  const graceful = await countLoad(measured, "counted", log, MANY + 1);
  const killed = await afterKill(measured);
  const segments = Math.floor(COUNTED / TURN);
  const each = (spent.requests - segments * perCompletion) / COUNTED;
  return [
    {
      what: `${name}: requests per completion`,
      measured: `${short(each)}, and ${short(spent.requests / COUNTED - each)} for segments`,
      target: `${perCompletion}, never a read before the write`,
      met: each === perCompletion,
      figures: { each, all: spent.requests / COUNTED },
    },
    {
      what: `${name}: bytes sent per completion`,
      measured: `${short(spent.sent / COUNTED)}, segments included (each record once more)`,
      target: "",
      met: undefined,
      figures: { sent: spent.sent / COUNTED },
    },
    loadRow(`${name}: load of ${MANY} components after a graceful end`, graceful, targets?.graceful),
    loadRow(`${name}: load of ${MANY + WORST} records after a kill`, killed, targets?.killed),
  ];
}

/** A log that nobody sealed, with as many records behind its last segment as there can be. */
async function afterKill(measured: Measured): Promise<Counted> {
  const store = await measured.open("killed", true);
  const log = "killed/log";
  for (let seq = 1; seq <= MANY + WORST; seq++) {
    await store.append(log, seq, `{"seq":${seq},"body":"${"x".repeat(400)}"}`);
  }
  await store.close();
  return countLoad(measured, "killed", log, MANY + WORST);
}

function loadRow(what: string, counted: Counted, target: number | undefined): Row {
  const { requests, received } = counted;
  return {
    what,
    measured: `${requests} requests, ${short(received / 1000)} kB`,
    target: target === undefined ? "" : `at most ${target} requests`,
    met: target === undefined ? undefined : requests <= target,
    figures: { requests, received },
  };
}

/** Completions in turns with bare writes of the same size. */
export async function measureLatency(measured: Measured, rounds: number): Promise<Row> {
  const store = await measured.open("latency", false);
  const journal = await openJournal(store, rounds * TURN + 1);
  const text = `{"seq":1,"body":"${"x".repeat(400)}"}`;
  const timed = async (work: (at: number) => Promise<void>, from: number): Promise<number> => {
    const began = performance.now();
    for (let at = from; at < from + TURN; at++) await work(at);
    return (performance.now() - began) / TURN;
  };
  const [bare, ours, ratios]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    const floor = await timed((at) => measured.bare(`bare-${at}`, text), round * TURN);
    const cost = await timed((at) => complete(journal, at), round * TURN);
    bare.push(floor);
    ours.push(cost);
    ratios.push(cost / floor);
  }
  await journal.close();
  await store.close();
  const [floorMs, wallMs, ratio] = [median(bare), median(ours), median(ratios)];
  return {
    what: `${measured.name}: latency of a completion`,
    measured: `${short(wallMs)} ms, ${short(ratio)} × the bare loop (${short(floorMs)} ms)`,
    target: "",
    met: undefined,
    figures: { wallMs, floorMs, ratio },
  };
}
