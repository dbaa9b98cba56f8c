import { readFileSync } from "node:fs";
import {
  type CheckpointStore,
  type LogLine,
  type PipelineHooks,
  readConfig,
  readCheckpoint,
  runPipeline,
  type RunOptions,
  type RunResult,
} from "../../src/api/mod.ts";
import { type TempDir, tempDir } from "../kit/mod.ts";

/** A component of a test pipeline: its type, name, and the rest of its entry as HOCON. */
export interface TestComponent {
  readonly type: string;
  readonly name: string;
  readonly config?: string;
  /** More keys of the entry. */
  readonly more?: string;
}

/** A folder with plugins, in which pipelines are written and run with real workers. */
export interface TestPipeline extends Disposable {
  readonly dir: TempDir;
  /** The text of a pipeline of these components; `more` are further keys of `pipeline`. */
  text(components: readonly TestComponent[], more?: string): string;
  /** Runs a text; log lines go to `lines`. */
  run(text: string, options?: RunOptions): Promise<Ran>;
  /** How often the `Tally` component ran under a name. */
  tally(name: string): number;
}

export interface Ran {
  readonly result: RunResult;
  readonly lines: readonly LogLine[];
}

/** Counts its runs in a file, fails where the file `<name>.fail` lies there, returns its value. */
const TALLY = `import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { defineComponent, v } from "cairn";

export default defineComponent({
  config: v.object({ folder: v.string(), value: v.optional(v.number(), 0), sleepMs: v.optional(v.number(), 0) }),
  async run({ config, run }) {
    appendFileSync(join(config.folder, run.componentName + ".runs"), "x");
    if (config.sleepMs > 0) await Bun.sleep(config.sleepMs);
    if (existsSync(join(config.folder, run.componentName + ".fail"))) throw new Error(run.componentName + " was told to fail");
    return { value: config.value };
  },
});
`;

/** Makes a {@link TestPipeline}; `plugins` are further files by their name, e.g. `t/Bad.ts`. */
export function testPipeline(plugins: Readonly<Record<string, string>> = {}): TestPipeline {
  const dir = tempDir();
  dir.write("plugins/t/Tally.ts", TALLY);
  for (const [name, text] of Object.entries(plugins)) dir.write(`plugins/${name}`, text);
  const entry = ({ type, name, config = "", more = "" }: TestComponent): string => {
    const own = type === "t.Tally" ? `folder = ${JSON.stringify(dir.path)}\n` : "";
    return `    { instance-type = ${JSON.stringify(type)}, instance-name = ${JSON.stringify(name)}, instance-config { ${own}${config} }, ${more} }`;
  };
  return {
    dir,
    text: (components, more = "") =>
      `pipeline {\n  pipeline-name = "test"\n  ${more}\n  pipeline-components = [\n${components.map(entry).join("\n")}\n  ]\n}\n`,
    async run(text, options = {}) {
      const lines: LogLine[] = [];
      const { pipeline, findings } = await readConfig("-", { text, cwd: dir.path, env: {} });
      if (pipeline === undefined) throw new Error(JSON.stringify(findings));
      const result = await runPipeline(pipeline, {
        graceMs: 1000,
        cwd: dir.path,
        observer: { log: (line) => lines.push(line) },
        ...options,
      });
      return { result, lines };
    },
    tally(name) {
      const file = Bun.file(dir.join(`${name}.runs`));
      return file.size;
    },
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  };
}

/** Statuses of a result's components, in order. */
export function statuses(result: RunResult): string[] {
  return result.components.map(({ status }) => status);
}

/** Types of all events of a run, in order. */
export async function eventTypes(store: CheckpointStore, runId: string): Promise<string[]> {
  const { records } = await readCheckpoint(store, runId);
  return records.flatMap(({ events }) =>
    events.map((event) => (typeof event === "string" ? event : event.type)),
  );
}

/** Hooks that write down which point was called for what. */
export function recordingHooks(): { readonly hooks: PipelineHooks; readonly calls: string[] } {
  const calls: string[] = [];
  const hooks: PipelineHooks = {
    name: "recording",
    beforePipeline: () => void calls.push("beforePipeline"),
    afterPipeline: ({ status }) => void calls.push(`afterPipeline ${status}`),
    beforeComponent: ({ name, attempt }) => void calls.push(`beforeComponent ${name} ${attempt}`),
    afterComponent: ({ name, status }) => void calls.push(`afterComponent ${name} ${status}`),
    onComponentFailure: ({ name }) => void calls.push(`onComponentFailure ${name}`),
    onRetryAttempt: ({ name, attempt }) => void calls.push(`onRetryAttempt ${name} ${attempt}`),
  };
  return { hooks, calls };
}

/** Whether a process is alive (a dead one that waits to be fetched is not). */
export function isAlive(pid: number): boolean {
  try {
    // Bun.file takes the files of /proc for empty ones.
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const state = text.slice(text.lastIndexOf(")") + 2)[0];
    return state !== "Z" && state !== "X";
  } catch (thrown) {
    const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
    if (code === "ENOENT" || code === "ESRCH") return false;
    throw thrown;
  }
}

/** Waits until something holds; throws where it takes too long. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms = 10_000,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms for: ${what}`);
    await Bun.sleep(10);
  }
}
