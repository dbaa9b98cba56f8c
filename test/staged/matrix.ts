import { expect } from "bun:test";
import { readConfig, runPipeline, type RunResult } from "../../src/api/mod.ts";
import { type OpenFiles, openDataFiles } from "../../src/files/mod.ts";
import { localStore } from "../../src/store/mod.ts";
import { mortalFileSystem, type MortalFileSystem } from "./mortal-file-system.ts";
import { tree } from "../files/staging-laws.ts";
import { tempDir, type TempDir } from "../kit/mod.ts";

/** Where the outputs of a matrix lie. */
export interface MatrixPlace {
  /** The URI of a new folder. */
  folder(): string;
  readonly hadoop: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** Tells the test where it is; the test's own process runs it. */
const WRITE = `import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineComponent, v } from "cairn";

export default defineComponent({
  config: v.object({ uri: v.string(), mode: v.optional(v.string(), "overwrite"), folder: v.optional(v.boolean(), false) }),
  async run({ config, output, run, step }) {
    const point = (name) => globalThis.cairnStagedPoint?.(run.runId, name);
    await point("starts");
    const rows = await step("read", () => [run.componentName, run.rootRunId, "row"]);
    const out = await output(config.uri, { mode: config.mode, folder: config.folder, name: "part.txt" });
    await point("opened");
    if (config.folder) {
      writeFileSync(join(out.path, "a.txt"), rows[0]);
      await point("half");
      writeFileSync(join(out.path, "b.txt"), rows.join());
    } else {
      await out.write(rows[0]);
      await point("half");
      await out.write(rows.join());
    }
    await point("written");
    return { rows };
  },
});
`;

/** A run that stands at a point for ever, as if its process were dead, or goes on later, as a sleeper does. */
interface Frozen {
  /** Lets it go on; resolves when it has come to an end. */
  wake(): Promise<void>;
}

export interface StagedWorld extends Disposable {
  readonly dir: TempDir;
  /** Runs to its end; the names of the points that it passed. */
  whole(
    runId: string,
    folder: string,
  ): Promise<{ readonly result: RunResult; readonly points: readonly string[] }>;
  /** Runs until the n-th point. */
  frozenAt(runId: string, folder: string, cut: number): Promise<Frozen>;
  resume(folder: string, options?: { readonly fresh?: boolean }): Promise<RunResult>;
  tree(folder: string): Promise<Record<string, string>>;
}

type Point = (name: string) => void | Promise<void>;

export function stagedWorld(place: MatrixPlace): StagedWorld {
  return new World(place);
}

class World implements StagedWorld {
  readonly dir: TempDir = tempDir("cairn-staged-");
  readonly #place: MatrixPlace;
  readonly #files: OpenFiles;
  readonly #points = new Map<string, Point>();
  /** By run ID. */
  readonly #disks = new Map<string, MortalFileSystem>();
  #stores = 0;
  #location = "";

  constructor(place: MatrixPlace) {
    this.#place = place;
    this.dir.write("plugins/t/Write.ts", WRITE);
    this.#files = openDataFiles({ folder: this.dir.path, env: place.env, hadoop: place.hadoop });
    Reflect.set(globalThis, "cairnStagedPoint", (runId: string, name: string) =>
      this.#points.get(runId)?.(name),
    );
  }

  async whole(
    runId: string,
    folder: string,
  ): Promise<{ readonly result: RunResult; readonly points: readonly string[] }> {
    this.#location = this.dir.join(`cp${this.#stores++}`);
    const passed: string[] = [];
    const result = await this.#run(folder, runId, (name) => void passed.push(name), {});
    return { result, points: passed };
  }

  async frozenAt(runId: string, folder: string, cut: number): Promise<Frozen> {
    this.#location = this.dir.join(`cp${this.#stores++}`);
    const reached = Promise.withResolvers<void>();
    const awake = Promise.withResolvers<void>();
    let passed = 0;
    const point: Point = () => {
      passed++;
      if (passed < cut) return undefined;
      reached.resolve();
      return awake.promise;
    };
    const ended = this.#run(folder, runId, point, {}).then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([reached.promise, ended]);
    // What its death would do to its locks.
    this.#disks.get(runId)?.die();
    return {
      async wake() {
        awake.resolve();
        await ended;
      },
    };
  }

  resume(folder: string, { fresh = false }: { readonly fresh?: boolean } = {}): Promise<RunResult> {
    const runId = `${fresh ? "fresh" : "again"}-${this.#stores}`;
    return this.#run(folder, runId, () => undefined, fresh ? { fresh } : { autoResume: true });
  }

  tree(folder: string): Promise<Record<string, string>> {
    return tree(this.#files, folder);
  }

  [Symbol.dispose](): void {
    this.dir[Symbol.dispose]();
  }

  async #run(folder: string, runId: string, point: Point, more: object): Promise<RunResult> {
    this.#points.set(runId, point);
    const disk = mortalFileSystem();
    this.#disks.set(runId, disk);
    const store = localStore({ folder: this.#location, fs: disk.fs });
    try {
      const config = await configOf(this.dir, folder, this.#place);
      return await runPipeline(config, {
        ...more,
        store,
        runId,
        isolation: "none",
        cwd: this.dir.path,
        env: { ...this.#place.env, CAIRN_PLUGINS: this.dir.join("plugins") },
        point,
        graceMs: 100,
      });
    } finally {
      await store.close().catch(() => undefined);
    }
  }
}

async function configOf(
  dir: TempDir,
  folder: string,
  { hadoop }: MatrixPlace,
): Promise<Parameters<typeof runPipeline>[0]> {
  const component = (name: string, config: string): string =>
    `{ instance-type = "t.Write", instance-name = "${name}", instance-config { ${config} } }`;
  const settings = Object.entries(hadoop).map(
    ([name, value]) => `${JSON.stringify(name)} = ${JSON.stringify(value)}`,
  );
  const text = `pipeline {
  pipeline-name = "staged"
  checkpoint { enabled = true, cleanup-on-success = false }
  pipeline-components = [
    ${component("File", `uri = ${JSON.stringify(`${folder}/file.txt`)}`)}
    ${component("Append", `uri = ${JSON.stringify(`${folder}/added`)}, mode = append`)}
    ${component("Dataset", `uri = ${JSON.stringify(`${folder}/set`)}, folder = true`)}
  ]
}
spark { config { ${settings.join("\n")} } }
`;
  const { pipeline, findings } = await readConfig("-", { text, cwd: dir.path, env: {} });
  if (pipeline === undefined) throw new Error(JSON.stringify(findings));
  return pipeline;
}

/**
 * What readers see. A sleeper's component that writes on after its place was swept makes it anew; of real ones none does:
 * workers die with their runner.
 */
function published(found: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(found).filter(([name]) => !name.includes(".cairn-stage-")));
}

/** Names in a tree that staging made: none may be left. */
function leftovers(found: Record<string, string>): readonly string[] {
  return Object.keys(found).filter((name) => name.includes(".cairn-"));
}

/**
 * Freezes a run at the given points, resumes it, and compares what there is with what a run leaves that nobody stopped,
 * byte for byte; then lets the frozen one go on, which must change nothing.
 */
export async function crashMatrix(
  place: MatrixPlace,
  cuts: (points: readonly string[]) => readonly number[],
): Promise<void> {
  using world = stagedWorld(place);
  const runId = "the-root";
  const wanted = place.folder();
  const { result, points } = await world.whole(runId, wanted);
  expect(result).toMatchObject({ status: "completed" });
  const whole = await world.tree(wanted);
  expect(Object.keys(whole).length).toBe(6);
  for (const cut of cuts(points)) {
    const at = `point ${cut}, ${points[cut - 1]}`;
    const folder = place.folder();
    const frozen = await world.frozenAt(runId, folder, cut);
    const resumed = await world.resume(folder);
    expect(resumed.exitCode, `${at}: ${JSON.stringify(resumed)}`).toBe(0);
    const found = await world.tree(folder);
    expect(found, at).toEqual(whole);
    expect(leftovers(found), at).toEqual([]);
    await frozen.wake();
    expect(published(await world.tree(folder)), `${at}, once the sleeper went on`).toEqual(whole);
  }
}
