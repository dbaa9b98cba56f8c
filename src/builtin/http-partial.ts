import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { refuseSpecial } from "../files/mod.ts";

/** What is known of a partial file, in a file beside it. */
interface PartialFacts {
  /** Hash of what it comes from. */
  readonly source: string;
  /** ETag or time that tells whether the server still has the same file. */
  readonly validator: string;
}

async function readFacts(path: string, source: string): Promise<PartialFacts | undefined> {
  try {
    const read = JSON.parse(await readFile(path, "utf8")) as Partial<PartialFacts>;
    const { validator } = read;
    return read.source === source && typeof validator === "string" ? { source, validator } : undefined;
  } catch (thrown) {
    // None is there, or it was cut off as it was written: then the download begins anew.
    if (!(thrown instanceof Error)) throw thrown;
    return undefined;
  }
}

/** A download on its way, beside its target: it outlives the process, and is published by renaming. */
export class PartialFile {
  readonly #target: string;
  readonly #path: string;
  readonly #source: string;
  readonly #file: FileHandle;
  #size: number;
  #validator: string | undefined;
  #joined = false;

  private constructor(
    target: string,
    path: string,
    source: string,
    file: FileHandle,
    state: { readonly size: number; readonly validator: string | undefined },
  ) {
    this.#target = target;
    this.#path = path;
    this.#source = source;
    this.#file = file;
    this.#size = state.size;
    this.#validator = state.validator;
  }

  /**
   * Opens what is left of an earlier try, or begins anew.
   * @param owner Who downloads, so that two components never write to one file.
   * @param source What is downloaded.
   */
  static async open(target: string, owner: string, source: string): Promise<PartialFile> {
    await refuseSpecial(target);
    await mkdir(dirname(target), { recursive: true });
    const path = join(dirname(target), `.${basename(target)}.${owner}.part`);
    const facts = await readFacts(`${path}.json`, source);
    const file = await open(path, "a+");
    const size = facts === undefined ? 0 : (await file.stat()).size;
    return new PartialFile(target, path, source, file, { size, validator: facts?.validator });
  }

  /** Bytes that have come. */
  get size(): number {
    return this.#size;
  }

  /** Undefined: it can't be gone on with. */
  get validator(): string | undefined {
    return this.#validator;
  }

  /** Whether it was made of several answers. */
  get isJoined(): boolean {
    return this.#joined;
  }

  /** What follows begins at byte `start`; what is there beyond it is dropped. */
  async begin(start: number, validator: string | undefined): Promise<void> {
    if (start === 0) {
      this.#joined = false;
      await this.#file.truncate(0);
      await rm(`${this.#path}.json`, { force: true });
      if (validator !== undefined) {
        await writeFile(`${this.#path}.json`, JSON.stringify({ source: this.#source, validator }));
      }
      this.#validator = validator;
    } else this.#joined = true;
    this.#size = start;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += (await this.#file.write(bytes, at)).bytesWritten;
    this.#size += bytes.length;
  }

  /** Hash of what is there, in hex. */
  async digest(algorithm: Bun.SupportedCryptoAlgorithms): Promise<string> {
    const hash = new Bun.CryptoHasher(algorithm);
    for await (const part of createReadStream(this.#path)) hash.update(part as Uint8Array);
    return hash.digest("hex");
  }

  /** Makes it the target: on the disk first, then by its name. */
  async publish(): Promise<void> {
    await this.#file.datasync();
    await rename(this.#path, this.#target);
    await rm(`${this.#path}.json`, { force: true });
    const folder = await open(dirname(this.#target), "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
