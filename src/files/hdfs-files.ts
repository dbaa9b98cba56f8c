import type { Random } from "../base/mod.ts";
import { type HdfsCluster, openHdfsCluster, storeError } from "../store/mod.ts";
import { chunksOf } from "./chunks.ts";
import type {
  DataFile,
  DataFiles,
  DataSource,
  ListOptions,
  ReadOptions,
  WriteOptions,
} from "./data-files.ts";
import { fileError } from "./file-error.ts";
import { childUri, parseFileUri, splitUri } from "./file-uri.ts";
import { changedError, missingError, rangedRead } from "./ranged-read.ts";
import { remoteCall, type RetrySettings } from "./remote-call.ts";
import type { RemoteTools } from "./s3-files.ts";
import { temporaryName } from "./temporary-name.ts";

/** Bytes of one request that writes. */
const CHUNK_BYTES = 16 * 1024 * 1024;

/** Opens a cluster: `place` as in `hdfs://prod`. No request is made. */
export async function openHdfsFiles(place: string, tools: RemoteTools): Promise<HdfsFiles> {
  const { env, hadoop } = tools;
  return new HdfsFiles(await openHdfsCluster(`${place}/`, { env, hadoop }), tools);
}

/** The files of one cluster, over WebHDFS. */
export class HdfsFiles implements DataFiles {
  readonly #cluster: HdfsCluster;
  readonly #retry: RetrySettings;
  readonly #random: Random;

  constructor(cluster: HdfsCluster, { retry, random }: RemoteTools) {
    this.#cluster = cluster;
    this.#retry = retry;
    this.#random = random;
  }

  resolve(uri: string): string {
    return uri;
  }

  async stat(uri: string, signal?: AbortSignal): Promise<DataFile | undefined> {
    return this.#call("look at", uri, false, signal, async (inner) => {
      const status = await this.#cluster.names.statusOf(pathOf(uri), inner);
      return status && fileOf(uri, status);
    });
  }

  async list(uri: string, options: ListOptions = {}, signal?: AbortSignal): Promise<readonly DataFile[]> {
    const entries = await this.#call("list", uri, false, signal, (inner) =>
      this.#cluster.names.list(pathOf(uri), "", inner),
    );
    const found: DataFile[] = [];
    for (const entry of entries) {
      // Of a file its own status is listed, without a name.
      if (entry.pathSuffix === "") continue;
      const file = fileOf(childUri(uri, entry.pathSuffix), entry);
      if (options.recursive !== true || file.kind === "file") found.push(file);
      else found.push(...(await this.list(file.uri, options, signal)));
    }
    return found.toSorted((a, b) => (a.uri < b.uri ? -1 : 1));
  }

  async *read(uri: string, options: ReadOptions = {}, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const file = await this.stat(uri, signal);
    if (file?.kind !== "file") throw missingError("read", uri);
    yield* rangedRead(file, options.from ?? 0, (from, to) => this.#range(file, from, to, signal));
    const after = await this.stat(uri, signal);
    if (after?.token !== file.token || after.size !== file.size) throw changedError(uri);
  }

  async write(
    uri: string,
    source: DataSource,
    options: WriteOptions = {},
    signal?: AbortSignal,
  ): Promise<DataFile> {
    const temporary = childUri(splitUri(uri).folder, temporaryName(this.#random));
    try {
      const written = await this.fill(temporary, source, signal);
      await this.move(written, uri, options, signal);
    } catch (thrown) {
      await this.remove(temporary).catch(() => undefined);
      throw thrown;
    }
    const file = await this.stat(uri, signal);
    if (file === undefined) throw missingError("find what was written to", uri);
    return file;
  }

  /** Writes a file under a name of our own, which readers see growing; returns the name that it got. */
  async fill(temporary: string, source: DataSource, signal?: AbortSignal): Promise<string> {
    let length = 0;
    for await (const chunk of chunksOf(source, () => CHUNK_BYTES)) {
      if (length === 0) await this.#create(temporary, chunk, signal);
      else await this.#append(temporary, length, chunk, signal);
      length += chunk.length;
    }
    return temporary;
  }

  async move(from: string, to: string, options: WriteOptions = {}, signal?: AbortSignal): Promise<void> {
    const overwrite = options.overwrite !== false;
    let tries = 0;
    const moved = await this.#call("move", to, true, signal, async (inner) => {
      tries++;
      const { names } = this.#cluster;
      if ((await names.statusOf(pathOf(from), inner)) === undefined) {
        // The try before this one did it, and its answer was lost.
        if (tries > 1 && (await names.statusOf(pathOf(to), inner)) !== undefined) return true;
        throw missingError("move", from);
      }
      return names.rename(pathOf(from), pathOf(to), overwrite ? "OVERWRITE" : "NONE", inner);
    });
    if (!moved) throw fileError("FILE_EXISTS", `Cannot write "${to}": it is there already`);
  }

  async copy(from: string, to: string, options: WriteOptions = {}, signal?: AbortSignal): Promise<DataFile> {
    return this.write(to, this.read(from, {}, signal), options, signal);
  }

  async remove(uri: string, signal?: AbortSignal): Promise<void> {
    await this.#call("remove", uri, true, signal, (inner) =>
      this.#cluster.names.remove(pathOf(uri), inner, true),
    );
  }

  async close(): Promise<void> {
    await this.#cluster.close();
  }

  /** A file of ours that is there already was begun by a try before: it is made anew. */
  async #create(uri: string, content: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#call("write", uri, true, signal, async (inner) => {
      const { names, client } = this.#cluster;
      if ((await names.statusOf(pathOf(uri), inner)) !== undefined) await names.remove(pathOf(uri), inner);
      await client.create(`/${pathOf(uri)}`, content, inner);
    });
  }

  /** Adds to a file of `length` bytes; a try that may have been done is looked after before the next one. */
  async #append(uri: string, length: number, content: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#call("write", uri, true, signal, async (inner) => {
      const status = await this.#cluster.names.statusOf(pathOf(uri), inner);
      if (status?.length === length + content.length) return;
      if (status?.length !== length) {
        throw fileError(
          "FILE_IO",
          `Cannot write "${uri}": it has ${status?.length ?? 0} bytes in place of ${length}`,
        );
      }
      await this.#cluster.client.append(`/${pathOf(uri)}`, content, inner);
    });
  }

  async #range(file: DataFile, from: number, to: number, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#call("read", file.uri, false, signal, async (inner) => {
      const part = { offset: from, length: to - from };
      const bytes = await this.#cluster.client.open(`/${pathOf(file.uri)}`, inner, part);
      if (bytes.length === to - from) return bytes;
      throw storeError("STORE_UNAVAILABLE", `Cannot read "${file.uri}": the answer is cut off`);
    });
  }

  #call<T>(
    what: string,
    uri: string,
    writing: boolean,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return remoteCall(uri, what, this.#retry, signal, (inner) =>
      this.#cluster.call(`${what} "${uri}"`, writing, inner, () => work(inner)),
    );
  }
}

function pathOf(uri: string): string {
  return parseFileUri(uri, "/").path;
}

interface Status {
  readonly type: string;
  readonly length: number;
  readonly modificationTime: number;
}

function fileOf(uri: string, { type, length, modificationTime }: Status): DataFile {
  const kind = type === "DIRECTORY" ? "folder" : "file";
  return { uri, kind, size: length, modifiedAt: modificationTime, token: String(modificationTime) };
}
