import { CairnError, type ErrorKind } from "../base/mod.ts";

/** Every exit code that Cairn gives by itself, with what it means; docs/reference/exit-codes.md says more. */
export const EXIT = {
  success: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  cannotResume: 4,
  held: 5,
  store: 6,
  notTrusted: 7,
  poisoned: 8,
  timeout: 9,
  bug: 70,
} as const;

/** What each exit code means, for help and reference; signals give 128 and their number. */
export const EXIT_MEANINGS: readonly {
  readonly code: string;
  readonly meaning: string;
  readonly todo: string;
}[] = [
  {
    code: "0",
    meaning: "success; also an empty pipeline (with a warning), nothing left to do, and --if-held=skip",
    todo: "nothing",
  },
  {
    code: "1",
    meaning: "a component failed; `checkpoints verify` or `doctor` found something",
    todo: "mend the cause, then run the command of the last line: it resumes where checkpointing is on",
  },
  {
    code: "2",
    meaning: "usage or configuration error: nothing was run",
    todo: "mend what the message names; all findings are listed at once",
  },
  {
    code: "3",
    meaning: "partial: with `fail-fast = false` some component failed and others went on",
    todo: "as for 1; the checkpoint is kept",
  },
  {
    code: "4",
    meaning:
      "can't resume: no such run, resumed by another already, configuration changed, checkpoint corrupt",
    todo: "take one of the commands that the message lists; nothing was run or changed",
  },
  {
    code: "5",
    meaning: "held by another live runner, or fenced by one in mid-run",
    todo: "wait for the holder that the message names, or use --if-held=wait or --if-held=skip",
  },
  {
    code: "6",
    meaning: "the checkpoint store failed",
    todo: "mend the store (space, rights, network), then resume: what was recorded is intact",
  },
  { code: "7", meaning: "a plugin isn't trusted", todo: "look at what changed in the plugin folder" },
  {
    code: "8",
    meaning: "poisoned: a component was resumed too often without completing",
    todo: "mend the component or its configuration, then resume",
  },
  {
    code: "9",
    meaning: "the pipeline's timeout",
    todo: "give it more time, then resume",
  },
  {
    code: "70",
    meaning: "Cairn itself is wrong",
    todo: "report it with the text that was printed; the checkpoint stays resumable",
  },
  {
    code: "129, 130, 143",
    meaning: "ended by SIGHUP (unless ignored at the start), SIGINT or SIGTERM",
    todo: "resume when you like: the interruption is recorded",
  },
];

/**
 * Errors whose exit code their kind does not say. Everything else goes by kind: `config` is 2, `bug` is 70,
 * `world` is 1.
 */
const BY_CODE: Readonly<Record<string, number>> = {
  CHECKPOINT_NO_SUCH_RUN: EXIT.cannotResume,
  CHECKPOINT_AMBIGUOUS_RUN: EXIT.cannotResume,
  CHECKPOINT_COMPLETED: EXIT.cannotResume,
  CHECKPOINT_SUPERSEDED: EXIT.cannotResume,
  CHECKPOINT_RETIRED: EXIT.cannotResume,
  CHECKPOINT_DELETED: EXIT.cannotResume,
  CHECKPOINT_CONFIG_CHANGED: EXIT.cannotResume,
  CHECKPOINT_CODE_CHANGED: EXIT.cannotResume,
  CHECKPOINT_TOO_OLD: EXIT.cannotResume,
  CHECKPOINT_POISONED: EXIT.poisoned,
  CHECKPOINT_CORRUPT: EXIT.cannotResume,
  CHECKPOINT_NEWER_VERSION: EXIT.cannotResume,
  CHECKPOINT_HELD: EXIT.held,
  CHECKPOINT_FENCED: EXIT.held,
  CHECKPOINT_STORE_FAILED: EXIT.store,
  // Of commands that look at a location; a run has the store's errors as the one above.
  STORE_BAD_ANSWER: EXIT.store,
  STORE_BROKEN_PROMISE: EXIT.store,
  STORE_BUSY: EXIT.store,
  STORE_FULL: EXIT.store,
  STORE_IO: EXIT.store,
  STORE_NOT_READABLE: EXIT.store,
  STORE_NOT_WRITABLE: EXIT.store,
  STORE_TIMEOUT: EXIT.store,
  STORE_UNAVAILABLE: EXIT.store,
  STORE_UNSUPPORTED: EXIT.store,
  STORE_LEASE_LOST: EXIT.held,
  // What a completed component left can't be looked at: that is no answer, and the world's to mend.
  ARTIFACT_UNREADABLE: EXIT.store,
  // Nothing was run.
  HOOKS_OPEN_FAILED: EXIT.usage,
};

const BY_KIND: Readonly<Record<ErrorKind, number>> = {
  config: EXIT.usage,
  world: EXIT.failed,
  bug: EXIT.bug,
};

/** The rows of the table that name a code, for the reference and for tests. */
export const EXIT_BY_CODE: readonly (readonly [code: string, exit: number])[] = Object.entries(BY_CODE);

/** The one table from whatever was thrown to the exit code. What is no CairnError is our bug: 70. */
export function exitCodeOf(thrown: unknown): number {
  if (!(thrown instanceof CairnError)) return EXIT.bug;
  const known = BY_CODE[thrown.code];
  if (known !== undefined) return known;
  // What stores throw passes through `checkpoint`, which gives it a code of the table; one that came another way is no less the store's.
  return thrown.kind === "world" && thrown.code.startsWith("STORE_") ? EXIT.store : BY_KIND[thrown.kind];
}

/** What a signal gives: 128 and its number. */
export function exitCodeOfSignal(signal: "SIGHUP" | "SIGINT" | "SIGTERM"): number {
  return { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[signal];
}
