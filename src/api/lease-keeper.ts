import { createInterface } from "node:readline";
import { CairnError, messageOf } from "../base/mod.ts";
import type { AdoptedLease, Lease, LeaseKeeper, LeaseNote, LeaseOrder, LeaseStanding } from "../store/mod.ts";
import type { Environment, LoadOptions } from "./options.ts";
import { readConfig } from "./load-config.ts";
import { childEnv, lines } from "./line-process.ts";
import { storeAt, type StorePlace } from "./store-at.ts";

/** The first argument that makes this executable the keeper of a lease. */
export const KEEPER_COMMAND = "__keeper";

/** How long a keeper may take to end when it is told to, in ms. */
const LONGEST_END_MS = 1_000;

/** Which store it is about: the first line to a keeper. Everything that a run's store is opened by. */
export interface KeeperPlace {
  readonly place: StorePlace;
  /** The configuration file, or `-`. */
  readonly path: string;
  readonly cwd: string;
  readonly plugins: readonly string[];
  readonly options: Pick<LoadOptions, "envFile" | "set" | "allowUrlIncludes" | "allowUnsetEnv"> & {
    readonly text?: string | undefined;
  };
}

/** Every further line. */
type Question = { readonly keep: LeaseOrder } | { readonly update: LeaseNote };
type Answer = { readonly standing: LeaseStanding } | { readonly done: true } | { readonly error: string };

/** A keeper in a process of its own; it starts at the first question, and ends with this process at the latest. */
function leaseKeeper(command: readonly string[], env: Environment, place: KeeperPlace): LeaseKeeper {
  const child = Bun.spawn([...command], {
    env: childEnv(env),
    stdin: "pipe",
    stdout: "pipe",
    stderr: "ignore",
  });
  // It must not keep a run alive that has ended.
  child.unref();
  const answers = lines(child.stdout);
  let asking: Promise<unknown> = Promise.resolve();
  const ask = (question: Question | KeeperPlace): Promise<Answer> => {
    const asked = asking.then(async () => {
      await child.stdin.write(`${JSON.stringify(question)}\n`);
      await child.stdin.flush();
      const { value } = await answers.next();
      if (value === undefined) throw new Error("the process that renews the lease has ended");
      const answer = JSON.parse(value) as Answer;
      if ("error" in answer) throw new Error(answer.error);
      return answer;
    });
    // An answer that failed is its asker's; the next question is asked all the same.
    asking = Promise.allSettled([asked]);
    return asked;
  };
  return {
    async keep(order) {
      await ask(place);
      await ask({ keep: order });
    },
    async update(note) {
      const answer = await ask({ update: note });
      if ("standing" in answer) return answer.standing;
      throw new Error("the process that renews the lease gave another answer");
    },
    async close() {
      await child.stdin.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST_END_MS);
      await child.exited;
      clearTimeout(timer);
    },
  };
}

/** Makes this process a keeper, for `src/main.ts`; resolves when its standard input has ended. */
export async function leaseKeeperMain(): Promise<void> {
  const say = (answer: Answer): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);
  let kept: Kept | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      if (kept === undefined) {
        kept = await openKept(JSON.parse(line) as KeeperPlace);
        say({ done: true });
      } else say(await kept.answer(JSON.parse(line) as Question));
    } catch (thrown) {
      say({ error: messageOf(thrown) });
    }
  }
  await kept?.close();
}

/** What is known of a run whose lease may need a keeper. */
export interface EntrustRequest {
  readonly command: readonly string[];
  readonly env: Environment;
  readonly order: KeeperPlace;
  readonly warn: (message: string) => void;
}

/** Has a lease renewed by a process of its own; where that can't be had, the runner goes on renewing it, with a word. */
export async function entrustLease(lease: Lease, request: EntrustRequest): Promise<void> {
  if (lease.entrust === undefined) return;
  const keeper = leaseKeeper(request.command, request.env, request.order);
  try {
    await lease.entrust(keeper);
  } catch (thrown) {
    await keeper.close();
    request.warn(
      `the runner renews its lease itself, and loses it if a component with isolation = none keeps it busy for longer: ${messageOf(thrown)}`,
    );
  }
}

interface Kept {
  answer(question: Question): Promise<Answer>;
  close(): Promise<void>;
}

/** Opens the store, and answers what is asked of it. */
async function openKept({ place, path, cwd, plugins, options }: KeeperPlace): Promise<Kept> {
  const env = process.env;
  const { pipeline: config } = await readConfig(path, { ...options, cwd, env });
  const store = await storeAt({ place, config, lookup: { plugins, env, cwd }, isTrial: true });
  let lease: AdoptedLease | undefined;
  return {
    async answer(question) {
      if ("keep" in question) {
        lease = store.adoptLease?.(question.keep);
        return { done: true };
      }
      if (lease === undefined) throw notKept();
      return { standing: await lease.update(question.update) };
    },
    close: () => store.close(),
  };
}

function notKept(): CairnError {
  return new CairnError("Cannot renew the lease: its store has none that is renewed", {
    code: "LEASE_NOT_KEPT",
    kind: "bug",
  });
}
