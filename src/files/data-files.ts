/** A file, an object or a folder. */
export interface DataFile {
  /** Absolute: a local path, or a URI as it was asked for. */
  readonly uri: string;
  readonly kind: "file" | "folder";
  /** Bytes; 0 for folders. */
  readonly size: number;
  /** By the file system's own clock, ms since the epoch; 0 for folders of an object store. */
  readonly modifiedAt: number;
  /** What changes when the content does: mtime in ns, etag, the NameNode's time; compared as text. */
  readonly token: string;
}

/** What is written: texts go out as UTF-8. A `ReadableStream` is an AsyncIterable. */
export type DataSource = string | Uint8Array | AsyncIterable<Uint8Array | string>;

export interface ListOptions {
  /** Everything below, files only. Default: what is directly in the folder, folders too. */
  readonly recursive?: boolean | undefined;
}

export interface ReadOptions {
  /** Byte to begin with. Default 0. */
  readonly from?: number | undefined;
}

export interface WriteOptions {
  /** False: refused with FILE_EXISTS where the name is taken, by whomever. Default true. */
  readonly overwrite?: boolean | undefined;
}

/**
 * Data by path or URI: a local path (relative ones count from the opener's folder), `file:`, `s3a:`/`s3:`,
 * `hdfs:`/`webhdfs:`/`swebhdfs:`. Laws:
 *
 * - `write` and `move` are atomic for a file: a reader sees all of it or what was there before; missing folders are made.
 * - what may pass by itself is retried for the opener's `timeoutMs`; calls reject with a CairnError FILE_… or the reason of
 *   the signal.
 * - a name that is not there is `undefined` for `stat`, nothing for `list` and `remove`, FILE_MISSING for the others.
 */
export interface DataFiles {
  /** Absolute spelling of a path or URI, without a slash at its end. @throws FILE_URI_INVALID, FILE_SCHEME_UNKNOWN */
  resolve(uri: string): string;
  stat(uri: string, signal?: AbortSignal): Promise<DataFile | undefined>;
  /** In order of their URIs. */
  list(uri: string, options?: ListOptions, signal?: AbortSignal): Promise<readonly DataFile[]>;
  /** The bytes of a file, part by part: memory does not grow with the file. The file must not change meanwhile (FILE_CHANGED). */
  read(uri: string, options?: ReadOptions, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Memory does not grow with the source. */
  write(uri: string, source: DataSource, options?: WriteOptions, signal?: AbortSignal): Promise<DataFile>;
  /** Gives a file another name in the same file system or bucket. On S3 a copy and a removal. */
  move(from: string, to: string, options?: WriteOptions, signal?: AbortSignal): Promise<void>;
  /** Copies a file, within a bucket by the server itself, else through this process. */
  copy(from: string, to: string, options?: WriteOptions, signal?: AbortSignal): Promise<DataFile>;
  /** Removes a file, or a folder with everything in it. */
  remove(uri: string, signal?: AbortSignal): Promise<void>;
  /** Gives back connections. */
  close(): Promise<void>;
}
