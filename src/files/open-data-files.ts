import { type Clock, type Random, systemClock, systemRandom } from "../base/mod.ts";
import type {
  DataFile,
  DataFiles,
  DataSource,
  ListOptions,
  ReadOptions,
  WriteOptions,
} from "./data-files.ts";
import { fileError } from "./file-error.ts";
import { type FileUri, parseFileUri } from "./file-uri.ts";
import { LocalFiles } from "./local-files.ts";
import type { RetrySettings } from "./remote-call.ts";

export interface DataFilesOptions {
  /** What relative paths count from. */
  readonly folder: string;
  /** Where credentials and HADOOP_CONF_DIR come from. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Settings of Spark or Hadoop by name: the pipeline's `spark.config` (`spark.hadoop.fs.s3a.…`). */
  readonly hadoop?: Readonly<Record<string, string>> | undefined;
  /** How long what may pass is retried, ms. Default 2 minutes. */
  readonly timeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
}

const DEFAULT_TIMEOUT_MS = 2 * 60_000;

/** Data by path and URI, with what staging needs of each kind besides. */
export interface OpenFiles extends DataFiles {
  kindOf(uri: string): FileUri["kind"];
  /** What stands behind the URIs of a bucket or cluster. */
  remote(uri: string): Promise<DataFiles>;
  readonly random: Random;
}

/** Opens data by path and URI; a bucket or cluster is opened when it is first named. */
export function openDataFiles(options: DataFilesOptions): OpenFiles {
  return new AnyFiles(options);
}

/** Hands each call to the file system of its URI. */
class AnyFiles implements OpenFiles {
  readonly #options: DataFilesOptions;
  readonly #retry: RetrySettings;
  readonly random: Random;
  readonly #local: LocalFiles;
  /** By scheme and authority. */
  readonly #remote = new Map<string, Promise<DataFiles>>();

  constructor(options: DataFilesOptions) {
    this.#options = options;
    const { timeoutMs = DEFAULT_TIMEOUT_MS, clock = systemClock, random = systemRandom } = options;
    this.#retry = { timeoutMs, clock };
    this.random = random;
    this.#local = new LocalFiles(random);
  }

  resolve(uri: string): string {
    return this.#parse(uri).text;
  }

  kindOf(uri: string): FileUri["kind"] {
    return this.#parse(uri).kind;
  }

  remote(uri: string): Promise<DataFiles> {
    return this.#of(this.#parse(uri));
  }

  async stat(uri: string, signal?: AbortSignal): Promise<DataFile | undefined> {
    const at = this.#parse(uri);
    return (await this.#of(at)).stat(at.text, signal);
  }

  async list(uri: string, options?: ListOptions, signal?: AbortSignal): Promise<readonly DataFile[]> {
    const at = this.#parse(uri);
    return (await this.#of(at)).list(at.text, options, signal);
  }

  async *read(uri: string, options?: ReadOptions, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const at = this.#parse(uri);
    yield* (await this.#of(at)).read(at.text, options, signal);
  }

  async write(
    uri: string,
    source: DataSource,
    options?: WriteOptions,
    signal?: AbortSignal,
  ): Promise<DataFile> {
    const at = this.#parse(uri);
    return (await this.#of(at)).write(at.text, source, options, signal);
  }

  async move(from: string, to: string, options?: WriteOptions, signal?: AbortSignal): Promise<void> {
    const source = this.#parse(from);
    const target = this.#parse(to);
    if (source.place !== target.place) {
      throw fileError(
        "FILE_URI_INVALID",
        `Cannot move "${source.text}" to "${target.text}": that is another file system`,
        {
          kind: "config",
          hint: "Copy it, then remove it.",
        },
      );
    }
    await (await this.#of(source)).move(source.text, target.text, options, signal);
  }

  async copy(from: string, to: string, options?: WriteOptions, signal?: AbortSignal): Promise<DataFile> {
    const source = this.#parse(from);
    const target = this.#parse(to);
    if (source.place === target.place) {
      return (await this.#of(source)).copy(source.text, target.text, options, signal);
    }
    return this.write(target.text, this.read(source.text, {}, signal), options, signal);
  }

  async remove(uri: string, signal?: AbortSignal): Promise<void> {
    const at = this.#parse(uri);
    await (await this.#of(at)).remove(at.text, signal);
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#remote.values());
    this.#remote.clear();
    for (const one of opened) if (one.status === "fulfilled") await one.value.close();
  }

  #parse(uri: string): FileUri {
    return parseFileUri(uri, this.#options.folder);
  }

  async #of(at: FileUri): Promise<DataFiles> {
    if (at.kind === "local") return this.#local;
    const known = this.#remote.get(at.place);
    if (known !== undefined) return known;
    const opened = this.#open(at);
    this.#remote.set(at.place, opened);
    // What could not be opened is tried anew: somebody may have mended the settings.
    opened.catch(() => this.#remote.delete(at.place));
    return opened;
  }

  async #open(at: FileUri): Promise<DataFiles> {
    const { env, hadoop } = this.#options;
    const tools = { retry: this.#retry, random: this.random, env, hadoop };
    if (at.kind === "s3") {
      const { openS3Files } = await import("./s3-files.ts");
      return openS3Files(at.place, tools);
    }
    const { openHdfsFiles } = await import("./hdfs-files.ts");
    return openHdfsFiles(at.place, tools);
  }
}
