import type { MessageInitShape } from "@bufbuild/protobuf";
import { basename } from "node:path";
import { crc32 } from "node:zlib";
import { CairnError } from "../../base/mod.ts";
import { type AddArtifactsRequestSchema, SparkConnectService } from "../gen/spark/connect/base_pb.ts";
import type { RequestBase, SparkClient } from "./client.ts";

/** What an artifact is for, which is where the server puts it. */
export type ArtifactUse = "jar" | "python" | "archive" | "file";

export interface ArtifactOptions {
  /** By the name: `jar` for .jar, `python` for .py, .zip and .egg, `archive` for .tar.gz, .tgz and .tar, else `file`. */
  readonly use?: ArtifactUse | undefined;
  /** Its name on the server; the file's own by default. */
  readonly name?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Request = MessageInitShape<typeof AddArtifactsRequestSchema>;

/** As much as one message carries, in bytes; gRPC's advice for uploads, and PySpark's. */
const CHUNK = 32 * 1024;
const FOLDERS: Readonly<Record<ArtifactUse, string>> = {
  jar: "jars",
  python: "pyfiles",
  archive: "archives",
  file: "files",
};
const TRIES = 3;

/** Sends a file, or bytes with a name, to the session. @throws CairnError `SPARK_ARTIFACT` where it doesn't arrive whole. */
export async function addArtifact(
  client: SparkClient,
  source: string | Uint8Array,
  { use, name, signal }: ArtifactOptions,
): Promise<void> {
  const called = name ?? (typeof source === "string" ? basename(source) : undefined);
  if (called === undefined || called === "") {
    throw failed("bytes", "they have no name", "Give one in the option name.");
  }
  const file = typeof source === "string" ? Bun.file(source) : new Blob([new Uint8Array(source)]);
  if (typeof source === "string" && !(await Bun.file(source).exists())) {
    throw failed(source, "there is no such file");
  }
  const path = `${FOLDERS[use ?? useOf(called)]}/${called}`;
  const action = `add the artifact ${called}`;
  for (let tries = 1; tries <= TRIES; tries++) {
    const answer = await client.repeat({ action, signal }, async () => {
      const requests = requestsFor(client.base(), path, file);
      const { method } = SparkConnectService;
      return client.observe(await client.parts.transport.upload(method.addArtifacts, requests, { signal }));
    });
    if (answer.artifacts.every(({ isCrcSuccessful }) => isCrcSuccessful)) return;
  }
  throw failed(called, "the server says that it arrived damaged", "Try again; is the network sound?");
}

function useOf(name: string): ArtifactUse {
  if (name.endsWith(".jar")) return "jar";
  if (/\.(py|zip|egg)$/.test(name)) return "python";
  return /\.(tar\.gz|tgz|tar)$/.test(name) ? "archive" : "file";
}

async function* requestsFor(base: RequestBase, name: string, file: Blob): AsyncGenerator<Request> {
  const { size } = file;
  if (size <= CHUNK) {
    const data = await chunkOf(file, 0);
    yield { ...base, payload: { case: "batch", value: { artifacts: [{ name, data }] } } };
    return;
  }
  for (let at = 0; at < size; at += CHUNK) {
    const chunk = await chunkOf(file, at);
    if (at > 0) {
      yield { ...base, payload: { case: "chunk", value: chunk } };
      continue;
    }
    const numChunks = BigInt(Math.ceil(size / CHUNK));
    const begin = { name, totalBytes: BigInt(size), numChunks, initialChunk: chunk };
    yield { ...base, payload: { case: "beginChunk", value: begin } };
  }
}

async function chunkOf(file: Blob, at: number): Promise<{ data: Uint8Array; crc: bigint }> {
  const data = new Uint8Array(await file.slice(at, at + CHUNK).arrayBuffer());
  return { data, crc: BigInt(crc32(data)) };
}

function failed(what: string, state: string, hint?: string): CairnError {
  return new CairnError(`Cannot add the artifact ${what} to the Spark session: ${state}`, {
    code: "SPARK_ARTIFACT",
    kind: "world",
    hint,
  });
}
