import { messageOf } from "../base/mod.ts";
import { handleRacer, type Race, type Racer, type RaceReport, withRetry } from "../store/mod.ts";
import type { Environment } from "./options.ts";
import { childEnv, lines } from "./line-process.ts";
import { storeAt } from "./store-at.ts";
import { storeRequest, type OpenStoreRequest } from "./stores.ts";

/** The first argument that makes this executable a racer of `cairn doctor`. */
export const RACER_COMMAND = "__racer";

/** How long a racer retries a failing call, in ms. */
const RETRY_MS = 15_000;

/** The first line to a racer: its place. Further lines are races. */
interface RacerOrder {
  readonly name: string;
  readonly place: Pick<OpenStoreRequest, "location" | "config" | "cwd" | "plugins">;
}

/** A racer in a process of its own. */
export interface RacerProcess extends Racer {
  /** Ends it, and resolves when it is gone. */
  close(): Promise<void>;
}

/** Starts a racer; `command` starts this program as one. */
export function startRacer(command: readonly string[], env: Environment, order: RacerOrder): RacerProcess {
  const child = Bun.spawn([...command], {
    env: childEnv(env),
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const answers = lines(child.stdout);
  const ask = async (question: object): Promise<string> => {
    await child.stdin.write(`${JSON.stringify(question)}\n`);
    await child.stdin.flush();
    const { value } = await answers.next();
    if (value !== undefined) return value;
    throw new Error(`the process of ${order.name} ended`);
  };
  /** What went wrong while it opened the store. */
  const opened = ask(order).then(
    (text) => (JSON.parse(text) as { readonly error?: string }).error,
    (thrown: unknown) => messageOf(thrown),
  );
  return {
    name: order.name,
    async ready() {
      await opened;
    },
    async race(race) {
      const failed = (error: string): RaceReport => ({ racer: order.name, answers: [], error });
      const error = await opened;
      if (error !== undefined) return failed(error);
      try {
        return JSON.parse(await ask(race)) as RaceReport;
      } catch (thrown) {
        return failed(messageOf(thrown));
      }
    },
    async close() {
      await child.stdin.end();
      await child.exited;
    },
  };
}

/** Makes this process a racer, for `src/main.ts`; resolves when its standard input has ended. */
export async function racerMain(): Promise<void> {
  const say = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);
  // Loaded here alone: with it come streams, which no other process of ours needs at its start.
  const { createInterface } = await import("node:readline");
  const input = createInterface({ input: process.stdin });
  let racer: Racer | undefined;
  let close = (): Promise<void> => Promise.resolve();
  for await (const line of input) {
    if (racer === undefined) {
      try {
        const { name, place } = JSON.parse(line) as RacerOrder;
        const store = await storeAt({
          ...(await storeRequest({ ...place, env: process.env })),
          isTrial: true,
        });
        close = () => store.close();
        racer = handleRacer(name, withRetry(store, { timeoutMs: RETRY_MS }));
        say({ ready: true });
      } catch (thrown) {
        say({ error: messageOf(thrown) });
      }
    } else {
      say(await racer.race(JSON.parse(line) as Race));
    }
  }
  await close();
}
