import type { JsonObject } from "../../base/mod.ts";
import { fileError } from "../file-error.ts";

/**
 * What happens to what is there: `overwrite` replaces it; `append` adds beside it, under a name that is the same
 * however often the run is resumed; `error` refuses a taken name.
 */
export type OutputMode = "overwrite" | "append" | "error";

/** A temporary place of one attempt for one output. All of it is JSON: the journal keeps it. */
export interface Staged {
  /** New for each. */
  readonly id: string;
  readonly kind: "file" | "folder";
  readonly mode: OutputMode;
  /** As it was asked for, absolute: of `append` and of folders the folder that the target lies in. */
  readonly uri: string;
  /** What it becomes: a file, or a new subfolder. */
  readonly target: string;
  /** Where it lies until then; of a single object the target, which nobody sees before the upload is completed. */
  readonly place: string;
  /** What lies there may be the next attempt's, too: it isn't removed with the attempt, but once the component is through. */
  readonly keep?: true;
  /** Of a single object: its upload. */
  readonly upload?: { readonly uploadId: string; readonly writer: string };
  /** Of remote places: the local folder that is uploaded from. */
  readonly spool?: string;
  /** Once everything is in its place. `token` is the file's, or the hash of a folder's manifest. */
  readonly filled?: { readonly size: number; readonly token: string };
}

/** What was published: what a resume checks. */
export interface Published {
  readonly uri: string;
  readonly size: number;
  readonly token: string;
}

/** The file that says what a folder holds; written last. */
export const MANIFEST = "_manifest.json";

const STAGE_NAME = /^\.cairn-stage-[0-9a-f]{16}-[0-9a-f]{16}(?:-[^/]*)?$/;
const SPOOL_NAME = /^cairn-spool-[A-Za-z0-9]+$/;

/** The name of a temporary place. It ends like the target, for tools that go by the ending. */
export function stageName(owner: string, id: string, target: string): string {
  return `.cairn-stage-${owner}-${id}${target === "" ? "" : `-${target.slice(-100)}`}`;
}

export const SPOOL_PREFIX = "cairn-spool-";

/** Whether a path or URI is one that staging made: nothing else is ever removed. */
export function isOurs(uri: string): boolean {
  const name = uri.slice(uri.lastIndexOf("/") + 1);
  return STAGE_NAME.test(name) || SPOOL_NAME.test(name);
}

/** The JSON of a staged output. */
export function stagedJson(staged: Staged): JsonObject {
  return JSON.parse(JSON.stringify(staged)) as JsonObject;
}

/** A staged output as a journal has it. @throws FILE_IO where it is none: the record is of a newer version */
export function readStaged(value: JsonObject): Staged {
  const { id, kind, mode, uri, target, place } = value;
  const texts = [id, uri, target, place].every((text) => typeof text === "string" && text !== "");
  if (texts && (kind === "file" || kind === "folder") && typeof mode === "string")
    return value as unknown as Staged;
  throw fileError(
    "FILE_IO",
    "Cannot read what was staged: the checkpoint says it in another way than this version",
  );
}
