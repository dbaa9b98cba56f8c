import { childrenOf, killHard, processesWith } from "./processes.ts";

/** How long a start may take before it counts as hanging, ms. */
const HANG_MS = 60_000;
/** How long after a kill the last process of the run may be seen, ms (the lease's own bound is longer). */
const ORPHAN_MS = 3_000;

/** What a kill may hit. */
export const TARGETS = ["runner", "worker", "both"] as const;

/** Kills the runner, its workers, or both; says whether anything was there to kill. */
function strike(runner: number, target: (typeof TARGETS)[number]): boolean {
  const workers = target === "runner" ? [] : childrenOf(runner);
  if (target !== "worker") killHard(runner);
  for (const worker of workers) killHard(worker);
  return target !== "worker" || workers.length > 0;
}

/** A blow, and when it falls. */
export interface Kill {
  readonly afterMs: number;
  readonly target: (typeof TARGETS)[number];
}

/** What became of one process. */
export interface Started {
  /** Components whose completion it reported before the blow. */
  readonly reported: string[];
  /** Null: it ended by a signal. */
  readonly code: number | null;
  readonly struck: boolean;
  /** It did not end by itself for a long time. */
  readonly hung: boolean;
  readonly stderr: string;
}

/**
 * The arguments of a start under a run key: a kill may come after the run completed and before the process ended, and
 * then a further start has nothing to do.
 */
export function runArguments(config: string): readonly string[] {
  return ["run", config, "--run-key=kill", "--log-format=json"];
}

/** Starts Cairn once, kills it after a while (undefined: not at all), and notes what was reported before. */
export async function start(
  command: readonly string[],
  token: string,
  kill: Kill | undefined,
  env: Readonly<Record<string, string>>,
): Promise<Started> {
  const child = Bun.spawn([...command], {
    env: { ...process.env, ...env, CAIRN_KILL_TOKEN: token },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  let struck = false;
  let hung = false;
  const blow = setTimeout(() => {
    if (kill) struck = child.exitCode === null && strike(child.pid, kill.target);
  }, kill?.afterMs);
  const hang = setTimeout(() => {
    hung = true;
    killHard(child.pid);
  }, HANG_MS);
  let stderr = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stderr) {
    // What arrives after the blow was not "reported before the kill", whatever it says.
    if (!struck) stderr += decoder.decode(chunk, { stream: true });
    if (struck && kill?.target !== "worker") break;
  }
  const code = await child.exited;
  clearTimeout(blow);
  clearTimeout(hang);
  const reported = stderr
    .split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}") && line.includes('"component_end"'))
    .map((line) => (JSON.parse(line) as { component_name: string }).component_name);
  return { reported, code: child.signalCode ? null : code, struck, hung, stderr };
}

/** Waits until no process of this start lives; names those that stay. */
export async function orphans(token: string): Promise<string[]> {
  const until = performance.now() + ORPHAN_MS;
  for (;;) {
    const left = processesWith("CAIRN_KILL_TOKEN", token);
    if (left.length === 0) return [];
    if (performance.now() > until) {
      for (const pid of left) killHard(pid);
      return [`processes ${left.join(", ")} outlived their runner`];
    }
    await Bun.sleep(20);
  }
}
