import { type JsonObject, type JsonValue, systemClock } from "../../base/mod.ts";
import { discardStaged, openDataFiles, type OpenFiles, publishStaged, readStaged } from "../../files/mod.ts";
import type { ComponentContext } from "../component.ts";
import { makeIntent } from "../make-intent.ts";
import { AttemptOutputs } from "../make-output.ts";

/** An output that a component published. */
export interface TestPublished {
  readonly uri: string;
  readonly size: number;
}

/** An external action that was asked for. */
export interface TestIntent {
  readonly key: string;
  /** Undefined: it was begun, and what came of it is not recorded. */
  readonly result: JsonValue | undefined;
  /** `restored`: its result was durable already, so that nothing of it was called. */
  readonly how: "started" | "found" | "restored";
}

export interface TestOutsideOptions {
  /** Actions of attempts before: `result` undefined where it may have been started. */
  readonly known: Readonly<Record<string, JsonValue | undefined>>;
  readonly context: Pick<ComponentContext, "run" | "env" | "spark" | "signal">;
  readonly cwd: string;
  /** When the process dies in the action of this key. */
  at(key: string): "before" | "unrecorded" | "recorded" | undefined;
  isDead(): boolean;
  /** Ends the attempt; what it gives never settles. */
  die(): Promise<never>;
}

/** `ctx.output` and `ctx.intent` in a test: outputs are really written, and published when the component completes. */
export class TestOutside {
  readonly intents: TestIntent[] = [];
  readonly published: TestPublished[] = [];
  readonly outputs: AttemptOutputs;
  readonly intent: ComponentContext["intent"];
  readonly #options: TestOutsideOptions;
  readonly #staged = new Map<string, JsonObject>();
  #files: OpenFiles | undefined;

  constructor(options: TestOutsideOptions) {
    this.#options = options;
    const { run, signal } = options.context;
    this.outputs = new AttemptOutputs({
      files: () => this.#open(),
      rootRunId: run.rootRunId,
      component: run.componentName,
      signal,
      // A test's crash sweeps what was staged.
      kept: [],
      note: (staged) => {
        this.#staged.set(readStaged(staged).id, staged);
        return options.isDead() ? options.die() : Promise.resolve();
      },
      dropped: (staged) => {
        this.#staged.delete(readStaged(staged).id);
        return Promise.resolve();
      },
    });
    this.intent = this.#makeIntent();
  }

  /** What a runner does after the component returned. */
  async publish(): Promise<void> {
    for (const staged of await this.outputs.finish()) {
      const { uri, size } = await publishStaged(this.#open(), readStaged(staged));
      this.#staged.delete(readStaged(staged).id);
      this.published.push({ uri, size });
    }
  }

  /** What a runner does after an attempt, or a later start after a crash. */
  async sweep(): Promise<void> {
    for (const staged of this.#staged.values()) await discardStaged(this.#open(), readStaged(staged));
    await this.outputs.close();
  }

  #open(): OpenFiles {
    const { context, cwd } = this.#options;
    this.#files ??= openDataFiles({ folder: cwd, env: context.env, hadoop: context.spark.settings?.config });
    return this.#files;
  }

  #makeIntent(): ComponentContext["intent"] {
    const options = this.#options;
    const { context, known } = options;
    return makeIntent({
      rootRunId: context.run.rootRunId,
      component: context.run.componentName,
      signal: context.signal,
      // A test's clock stands until it is moved, and here nothing is to be waited for.
      clock: systemClock,
      begin: async (key) => {
        if (options.isDead()) return options.die();
        const result = known[key];
        if (result !== undefined) {
          this.intents.push({ key, result, how: "restored" });
          return { state: "done", result };
        }
        const isOpen = Object.hasOwn(known, key);
        this.intents.push({ key, result: undefined, how: isOpen ? "found" : "started" });
        if (options.at(key) === "before") return options.die();
        return isOpen ? { state: "open", absentAfterMs: 0 } : { state: "new" };
      },
      again: (key) => Promise.resolve(this.#replace({ key, result: undefined, how: "started" })),
      done: async (key, result) => {
        if (options.at(key) === "unrecorded" || options.isDead()) return options.die();
        const how = this.intents.find((one) => one.key === key)?.how ?? "started";
        this.#replace({ key, result, how });
        return options.at(key) === "recorded" ? options.die() : undefined;
      },
      cancelled: (key) => Promise.resolve(this.#replace(undefined, key)),
    });
  }

  #replace(intent: TestIntent | undefined, key: string | undefined = intent?.key): void {
    const index = this.intents.findIndex((one) => one.key === key);
    this.intents.splice(index, 1, ...(intent === undefined ? [] : [intent]));
  }
}
