import { CairnError, type ErrorKind, messageOf } from "../base/mod.ts";
import {
  type AdoptedLease,
  type CheckpointStore,
  type Lease,
  type LeaseKeeper,
  type LeaseNote,
  type LeaseOrder,
  type LeaseStanding,
  retrying,
} from "../store/mod.ts";
import type { Environment, LoadOptions } from "./options.ts";
import { readConfig } from "./load-config.ts";
import { childEnv, lines } from "./line-process.ts";
import { storeAt, type StorePlace } from "./store-at.ts";

/** The first argument that makes this executable the keeper of a lease. */
export const KEEPER_COMMAND = "__keeper";

/** How long a keeper may take to end when it is told to, in ms. */
const LONGEST_END_MS = 1_000;
/** How long a store that fails to open is tried again, in ms: the run waits for it. */
const LONGEST_OPEN_MS = 10_000;
/** How often a keeper looks whether its runner is there, in ms. */
const RUNNER_INTERVAL_MS = 500;

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
type Answer =
  | { readonly standing: LeaseStanding }
  | { readonly done: true }
  | { readonly error: KeeperError };
/** An error as it crosses; without a code where it is none of Cairn's. */
interface KeeperError {
  readonly message: string;
  readonly code?: string | undefined;
  readonly kind?: ErrorKind | undefined;
  readonly hint?: string | undefined;
}

/** A keeper in a process of its own; it starts at the first question, and ends with this process at the latest. */
function leaseKeeper(command: readonly string[], env: Environment, place: KeeperPlace): LeaseKeeper {
  const child = Bun.spawn([...command, String(process.pid)], {
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
      if ("error" in answer) throw fromKeeperError(answer.error);
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
      // Its end is waited for: without this, nothing would keep the event loop for it.
      child.ref();
      const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST_END_MS);
      // What it did not read any more is nobody's loss.
      await Promise.allSettled([child.stdin.end(), child.exited]);
      clearTimeout(timer);
    },
  };
}

/** Makes this process the keeper of a runner's lease, for `src/main.ts`: argv is `__keeper RUNNER_PID`. Resolves when its standard input has ended, whatever is under way. */
export async function leaseKeeperMain(runnerPid: number): Promise<void> {
  endWithRunner(runnerPid);
  const say = (answer: Answer): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);
  let kept: Kept | undefined;
  const answer = async (line: string): Promise<void> => {
    try {
      if (kept === undefined) {
        kept = await openKept(JSON.parse(line) as KeeperPlace);
        say({ done: true });
      } else say(await kept.answer(JSON.parse(line) as Question));
    } catch (thrown) {
      say({ error: toKeeperError(thrown) });
    }
  };
  let answering = Promise.resolve();
  // The end is seen while an answer is under way, too.
  for await (const line of lines(Bun.stdin.stream())) answering = answering.then(() => answer(line));
}

/** Ends this process when its runner is gone, in case that something else holds its standard input open. */
function endWithRunner(runnerPid: number): void {
  setInterval(() => {
    if (process.ppid !== runnerPid) process.kill(process.pid, "SIGKILL");
  }, RUNNER_INTERVAL_MS).unref();
}

function toKeeperError(thrown: unknown): KeeperError {
  const message = messageOf(thrown);
  if (!(thrown instanceof CairnError)) return { message };
  return { message, code: thrown.code, kind: thrown.kind, hint: thrown.hint };
}

/** What the store failed with is an error of Cairn again: whoever asked knows by its code whether to try again. */
function fromKeeperError({ message, code, kind, hint }: KeeperError): Error {
  return code === undefined || kind === undefined
    ? new Error(message)
    : new CairnError(message, { code, kind, hint });
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
}

/** Opens the store, and answers what is asked of it. */
async function openKept({ place, path, cwd, plugins, options }: KeeperPlace): Promise<Kept> {
  const env = process.env;
  const { pipeline: config } = await readConfig(path, { ...options, cwd, env });
  const open = (): Promise<CheckpointStore> =>
    storeAt({ place, config, lookup: { plugins, env, cwd }, isTrial: true });
  const store = await retrying(place.text, "open", { timeoutMs: LONGEST_OPEN_MS }, undefined, open);
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
  };
}

function notKept(): CairnError {
  return new CairnError("Cannot renew the lease: its store has none that is renewed", {
    code: "LEASE_NOT_KEPT",
    kind: "bug",
  });
}
