import { reapCheckpoints, type RunResult } from "../../src/api/mod.ts";
import type { EndsProcess, EndsWorld } from "./ends-world.ts";
import { type TestPipeline, testPipeline } from "./pipeline-kit.ts";

/** A start of the kit's pipeline. */
export interface RunAs {
  /** Whether the last of its components fails. */
  readonly fails?: boolean;
  readonly runKey?: string;
  readonly autoResume?: boolean;
  readonly fresh?: boolean;
}

/** A pipeline of three components that processes of an {@link EndsWorld} run (`isolation = none`), and reap. */
export interface EndsKit extends Disposable {
  readonly pipeline: TestPipeline;
  readonly text: string;
  readonly failing: string;
  runBy(process: EndsProcess, as?: RunAs): Promise<RunResult | undefined>;
  reapBy(process: EndsProcess): Promise<unknown>;
  /** Leaves a run behind whose process died after its first component; gives its ID. */
  leaveDead(world: EndsWorld): Promise<string>;
}

export function endsKit(): EndsKit {
  const pipeline = testPipeline({
    "t/Fails.ts": "export default ({ config }) => { if (config.fails) throw new Error('no'); };\n",
  });
  const three = (fails: boolean): string =>
    pipeline.text([
      { type: "t.Tally", name: "A" },
      { type: "t.Tally", name: "B" },
      { type: "t.Fails", name: "C", config: `fails = ${fails}` },
    ]);
  const [text, failing] = [three(false), three(true)];
  return {
    pipeline,
    text,
    failing,
    runBy: (process, { fails = false, runKey, autoResume = true, fresh } = {}) =>
      process.live(async ({ store, hooks }) => {
        const onConfigChange = "accept";
        const options = {
          store,
          hooks,
          runKey,
          autoResume,
          fresh,
          onConfigChange,
          isolation: "none",
        } as const;
        return (await pipeline.run(fails ? failing : text, options)).result;
      }),
    reapBy: (process) => process.live(({ store, hooks }) => reapCheckpoints(store, { hooks })),
    async leaveDead(world) {
      await world.process().live(({ store, hooks, die }) =>
        pipeline.run(text, {
          store,
          hooks: { ...hooks, afterComponent: () => die() },
          autoResume: true,
          isolation: "none",
        }),
      );
      return world.begun.at(-1) ?? "";
    },
    [Symbol.dispose]: () => pipeline[Symbol.dispose](),
  };
}
