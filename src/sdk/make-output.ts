import { open } from "node:fs/promises";
import { CairnError, type JsonObject } from "../base/mod.ts";
import {
  type DataSource,
  discardStaged,
  fillStaged,
  localPath,
  makePlace,
  type OpenFiles,
  planStage,
  readStaged,
  type Staged,
  stagedJson,
} from "../files/mod.ts";
import type { Output, OutputOptions } from "./output.ts";

/** What outputs of one attempt rest on. */
export interface OutputKeeper {
  /** Throws where a URI may not be recorded. */
  check?(uri: string): void;
  /** Opened when the first output is asked for. */
  files(): OpenFiles;
  readonly rootRunId: string;
  readonly component: string;
  readonly signal: AbortSignal;
  /** Places of earlier attempts that were kept. */
  readonly kept: readonly JsonObject[];
  /** Resolves when it is durable that this place is to be swept; before anything lies there. */
  note(staged: JsonObject): Promise<void>;
  /** It was given up and swept. */
  dropped(staged: JsonObject): Promise<void>;
}

interface Opened {
  readonly staged: Staged;
  readonly artifact: boolean;
  /** Resolves when what was written so far is in the file. */
  written: Promise<void>;
  discarded: boolean;
}

function refuse(uri: string, state: string, code: string, hint: string): CairnError {
  return new CairnError(`Cannot open the output ${JSON.stringify(uri)}: ${state}`, {
    code,
    kind: "config",
    hint,
  });
}

const MODES: ReadonlySet<unknown> = new Set([undefined, "overwrite", "append", "error"]);

/** The outputs of one attempt. */
export class AttemptOutputs {
  readonly #keeper: OutputKeeper;
  readonly #opened = new Map<string, Opened>();
  readonly #kept: Staged[];
  #files: OpenFiles | undefined;

  constructor(keeper: OutputKeeper) {
    this.#keeper = keeper;
    this.#kept = keeper.kept.map(readStaged);
  }

  /** `ctx.output`. Throws FILE_… errors, OUTPUT_TAKEN, OUTPUT_OPTIONS_INVALID. */
  readonly open = async (uri: string, options: OutputOptions = {}): Promise<Output> => {
    const { rootRunId, component, signal } = this.#keeper;
    const { mode = "overwrite", folder = false, name = "part", artifact = true, keep = false } = options;
    if (typeof uri !== "string" || !MODES.has(options.mode) || (keep && !folder)) {
      const hint = 'mode is one of "overwrite", "append" and "error"; keep belongs to folders.';
      throw refuse(uri, "its options are wrong", "OUTPUT_OPTIONS_INVALID", hint);
    }
    this.#keeper.check?.(uri);
    const files = this.#open();
    const kind = folder ? "folder" : "file";
    const planned = await planStage(files, { uri, kind, mode, name, keep, rootRunId, component }, signal);
    const kept = keep ? this.#takeKept(planned) : undefined;
    const staged = kept ?? planned;
    if (this.#opened.get(staged.target)?.discarded === false) {
      await discardStaged(files, staged);
      const hint = "Open each once; several files in one folder need a name each.";
      throw refuse(uri, `this component has "${staged.target}" open already`, "OUTPUT_TAKEN", hint);
    }
    if (kept === undefined) await this.#keeper.note(stagedJson(staged));
    await makePlace(staged, kept !== undefined);
    const opened: Opened = { staged, artifact, written: Promise.resolve(), discarded: false };
    this.#opened.set(staged.target, opened);
    return {
      uri: staged.target,
      path: localPath(staged),
      stagingUri: staged.place,
      found: kept !== undefined,
      write: (source) => this.#write(opened, source),
      discard: () => this.#discard(opened),
    };
  };

  /** Brings everything that was written to its place; what is to be published, as JSON. */
  async finish(): Promise<readonly JsonObject[]> {
    const finished: JsonObject[] = [];
    for (const opened of this.#opened.values()) {
      if (opened.discarded) continue;
      await opened.written;
      const filled = await fillStaged(this.#open(), opened.staged, this.#keeper.signal);
      finished.push(stagedJson({ ...filled, ...(opened.artifact ? {} : { artifact: false }) }));
    }
    return finished;
  }

  /** Data as this attempt reaches it. */
  readonly files = (): Promise<OpenFiles> => Promise.resolve(this.#open());

  async close(): Promise<void> {
    await this.#files?.close();
  }

  /** The place that an earlier attempt kept for the same output; it is given once. */
  #takeKept({ target, mode }: Staged): Staged | undefined {
    const at = this.#kept.findLastIndex((one) => one.target === target && one.mode === mode);
    return at === -1 ? undefined : this.#kept.splice(at, 1)[0];
  }

  #open(): OpenFiles {
    this.#files ??= this.#keeper.files();
    return this.#files;
  }

  #write(opened: Opened, source: DataSource): Promise<void> {
    const { kind, uri } = opened.staged;
    if (kind === "folder" || opened.discarded) {
      const state = opened.discarded ? "it was given up" : "it is a dataset";
      return Promise.reject(
        refuse(uri, state, "OUTPUT_NOT_WRITABLE", "Write the files of a dataset below its path."),
      );
    }
    const written = opened.written.then(() => append(localPath(opened.staged), source));
    opened.written = written;
    // Whoever called hears of a failure, and so does the end of the attempt.
    written.catch(() => undefined);
    return written;
  }

  async #discard(opened: Opened): Promise<void> {
    if (opened.discarded) return;
    opened.discarded = true;
    await opened.written.catch(() => undefined);
    await discardStaged(this.#open(), opened.staged);
    await this.#keeper.dropped(stagedJson(opened.staged));
  }
}

async function append(path: string, source: DataSource): Promise<void> {
  const file = await open(path, "a");
  try {
    if (typeof source === "string" || source instanceof Uint8Array) await file.appendFile(source);
    else for await (const part of source) await file.appendFile(part);
  } finally {
    await file.close();
  }
}
