import { storeError } from "../errors.ts";
import { s3Failure } from "./s3-error.ts";

/** What a conditional write came to. */
export type ConditionalWrite = "written" | "present" | "refused";

/** Written once and never removed: whoever asks whether the server keeps conditions asks with it. */
const MARKER_KEY = "~store";
const MARKER = '{"cairn":"checkpoints"}';

export interface ConditionsOptions {
  readonly location: string;
  /** False: the user says that the server knows none. */
  readonly expected: boolean;
  readonly singleWriter: boolean;
  readonly writeIfAbsent: (
    key: string,
    text: string,
    signal: AbortSignal | undefined,
  ) => Promise<ConditionalWrite>;
}

/**
 * Finds out, once for each handle and before its first exclusive write, whether the server keeps `If-None-Match: *`:
 * the marker is written so, and again; the second time it has to be refused. Where the marker stands, one request
 * tells. That the server keeps it in races, too, no sequence of requests can prove.
 *
 * @returns The call to make before each exclusive write: true where conditions are kept, false where a single writer
 * does without. It throws STORE_UNSUPPORTED or STORE_BROKEN_PROMISE where there may be several.
 */
export function conditionsOf(options: ConditionsOptions): (signal?: AbortSignal) => Promise<boolean> {
  let known: boolean | undefined;
  return async (signal) => {
    known ??= await find(options, signal);
    return known;
  };
}

async function find(options: ConditionsOptions, signal: AbortSignal | undefined): Promise<boolean> {
  const { expected, singleWriter } = options;
  if (!expected) {
    if (singleWriter) return false;
    throw lacking(
      options,
      "fs.s3a.create.conditional.enabled says that the server knows no conditional writes",
    );
  }
  const write = (): Promise<ConditionalWrite> => options.writeIfAbsent(MARKER_KEY, MARKER, signal);
  let answer = await write();
  if (answer === "written") answer = await write();
  if (answer === "present") return true;
  if (singleWriter) return false;
  if (answer === "refused") {
    throw lacking(options, 'the server refuses conditional writes ("If-None-Match: *")');
  }
  throw lacking(
    options,
    'the server ignores the condition "If-None-Match: *" and overwrites what is there',
    "STORE_BROKEN_PROMISE",
  );
}

function lacking(
  { location }: ConditionsOptions,
  why: string,
  code: "STORE_UNSUPPORTED" | "STORE_BROKEN_PROMISE" = "STORE_UNSUPPORTED",
): Error {
  return storeError(
    code,
    `Cannot use "${location}" as a checkpoint location: ${why}, so that two runners could both record what only one may`,
    {
      hint: "Choose a server that keeps conditional writes (docs/stores/s3.md names some). Where no second runner can ever start, set pipeline.checkpoint.single-writer = true.",
      details: { location },
    },
  );
}

const UNKNOWN_CONDITION = new Set([
  "NotImplemented",
  "InvalidArgument",
  "InvalidRequest",
  "UnsupportedArgument",
]);

/** What a failed conditional write says of the condition; undefined where it failed for another reason. */
export function conditionalFailure(thrown: unknown): ConditionalWrite | undefined {
  const { code, status } = s3Failure(thrown);
  if (status === 412) return "present";
  return status === 501 || (status === 400 && UNKNOWN_CONDITION.has(code)) ? "refused" : undefined;
}
