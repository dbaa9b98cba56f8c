/** What one run of a process cost. */
export interface Cost {
  readonly wallMs: number;
  /** User plus system time of the process and of the children it waited for, ms. */
  readonly cpuMs: number;
  /** Largest resident set of the process itself, MB (10^6 bytes). */
  readonly rssMb: number;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end and measures it. */
export async function measureProcess(
  command: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<Cost> {
  const started = performance.now();
  const child = Bun.spawn([...command], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  const wallMs = performance.now() - started;
  const usage = child.resourceUsage();
  const cpuMs = Number(usage?.cpuTime.total ?? 0) / 1000;
  return { wallMs, cpuMs, rssMb: (usage?.maxRSS ?? 0) / 1e6, code, stdout, stderr };
}

/** As {@link measureProcess}; anything but exit 0 ends the bench with what the process said. */
export async function measureSuccess(
  command: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<Cost> {
  const cost = await measureProcess(command, options);
  if (cost.code !== 0)
    throw new Error(`${command.join(" ")} ended with ${cost.code}:\n${cost.stderr.slice(-2000)}`);
  return cost;
}

/** The middle of a sorted list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
