import { CairnError, sha256 } from "../base/mod.ts";

/** Hex digits of a SHA-256 that stand in names: 128 bits, beyond what can be made to collide. */
const HASH_DIGITS = 32;
/** Characters of a name that are kept for people. */
const SLUG_LENGTH = 40;
/** Longest run ID that is its own file name. */
const PLAIN_LENGTH = 80;
/** What a caller may give as `--run-id`. */
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._:+@=-]{0,199}$/;
/** Run IDs that are names as they are: lower case (some file systems do not tell cases apart), no dots, no colons. */
const PLAIN_RUN_ID = /^[a-z0-9][a-z0-9_-]*$/;
/** The shape of a made-up name, which no plain one may have. */
const MADE_UP = /--[0-9a-f]{32}$/;
/** File names that are devices on Windows. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/;
/** The number that marks a later run of one caller's ID, e.g. `~2`. */
const REPEAT = /~([1-9][0-9]{0,8})$/;

/** Names of the logs and the lease of one pipeline and run key, relative to the location. */
export interface KeyNames {
  /** `<pipeline slug>/<key hash>/`. */
  readonly prefix: string;
  /** The key log. */
  readonly keys: string;
  /** The ends log: which ends of runs were told. */
  readonly ends: string;
  /** The lease. */
  readonly lock: string;
  /** The journal of a run. */
  run(runId: string): string;
  /** Where a large output lies, by its hash. */
  carry(hash: string): string;
}

/** Readable, lower case, never empty; not unique by itself. */
function slug(text: string): string {
  const kept = text
    .slice(0, SLUG_LENGTH * 4)
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, SLUG_LENGTH)
    .replace(/^-+|-+$/g, "");
  return kept === "" ? "x" : kept;
}

/** Over the JSON text, which spells every string differently, lone surrogates too (UTF-8 does not). */
function hash(text: string): string {
  return sha256(JSON.stringify(text)).slice(0, HASH_DIGITS);
}

/** The folder of a pipeline: readable, one per name whatever is in it. */
export function pipelineFolder(pipelineName: string): string {
  return `${slug(pipelineName)}-${hash(pipelineName)}`;
}

/** The last segment of a run's journal name. */
export function runSegment(runId: string): string {
  const plain = PLAIN_RUN_ID.test(runId) && runId.length <= PLAIN_LENGTH;
  return plain && !MADE_UP.test(runId) && !DEVICE.test(runId) ? runId : `${slug(runId)}--${hash(runId)}`;
}

/** Names below `<pipeline slug>/<key hash>/`; no run key has a folder of its own, `unkeyed`. */
export function keyNames(pipelineName: string, runKey: string | undefined): KeyNames {
  return namesBelow(`${pipelineFolder(pipelineName)}/${runKey === undefined ? "unkeyed" : hash(runKey)}/`);
}

/** Names below a prefix that a listing gave. */
export function namesBelow(prefix: string): KeyNames {
  return {
    prefix,
    keys: `${prefix}keys`,
    ends: `${prefix}ends`,
    lock: `${prefix}lock`,
    run: (runId) => `${prefix}runs/${runSegment(runId)}`,
    carry: (digest) => `${prefix}carry/${digest}`,
  };
}

/**
 * Refuses a caller's run ID that breaks the grammar `[A-Za-z0-9][A-Za-z0-9._:+@=-]{0,199}` or is `latest`.
 * Throws RUN_ID_INVALID (config).
 */
export function checkRunId(runId: string): void {
  if (RUN_ID.test(runId) && runId !== "latest") return;
  const shown = JSON.stringify(runId.length > SLUG_LENGTH ? `${runId.slice(0, SLUG_LENGTH)}…` : runId);
  throw new CairnError(`Cannot use ${shown} as a run ID`, {
    code: "RUN_ID_INVALID",
    kind: "config",
    hint: 'A run ID begins with a letter or digit, has at most 200 letters, digits and ._:+@=- and is not "latest".',
  });
}

/** The caller's ID of a run and which of its runs it is: `A~3` is the third run of `A`, `A` the first. */
export function splitRunId(runId: string): { readonly base: string; readonly repeat: number } {
  const found = REPEAT.exec(runId);
  return found?.[1] === undefined
    ? { base: runId, repeat: 1 }
    : { base: runId.slice(0, found.index), repeat: Number(found[1]) };
}

/** The ID of the n-th run of a caller's ID. */
export function repeatedRunId(base: string, repeat: number): string {
  return repeat === 1 ? base : `${base}~${repeat}`;
}
