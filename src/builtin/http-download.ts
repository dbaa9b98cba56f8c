import { isAbsolute } from "node:path";
import { type JsonObject, sha256, systemClock } from "../base/mod.ts";
import { type DataFiles, openDataFiles } from "../files/mod.ts";
import type { ComponentContext } from "../sdk/mod.ts";
import { answerFacts, isExpected, statusFailure } from "./http-answer.ts";
import { folderOf } from "./config-path.ts";
import type { HttpConfig } from "./http-config.ts";
import { HttpFailure, shownUrl } from "./http-error.ts";
import { exchange, type ExchangeTools, type HttpAnswer, type HttpRequest } from "./http-exchange.ts";
import { PartialFile } from "./http-partial.ts";
import { type RetryTools, withRetries } from "./http-retry.ts";

type Context = ComponentContext<HttpConfig>;

export interface DownloadTools {
  readonly request: HttpRequest;
  readonly target: string;
  readonly exchanging: ExchangeTools;
  readonly retrying: RetryTools;
}

/** The body from some byte on. */
interface Opened {
  /** Undefined: the server has nothing beyond what we have. */
  readonly answer: HttpAnswer | undefined;
  /** The byte that it begins with. */
  readonly start: number;
  /** Of the whole file, where the server says it. */
  readonly total: number | undefined;
}

/** What makes two answers parts of one file: a strong ETag, else the time of the last change. */
function validatorOf(headers: Headers): string | undefined {
  const etag = headers.get("etag");
  if (etag !== null) return etag.startsWith("W/") ? undefined : etag;
  return headers.get("last-modified") ?? undefined;
}

function rangeOf(headers: Headers): {
  readonly start: number | undefined;
  readonly total: number | undefined;
} {
  const [, start, total] =
    /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/u.exec(headers.get("content-range") ?? "") ?? [];
  const number = (text: string | undefined): number | undefined =>
    text === undefined || text === "*" ? undefined : Number(text);
  return { start: number(start), total: number(total) };
}

/** Asks for the file from byte `from` on; where it has become another one, it comes from its beginning. */
async function openFrom(
  tools: DownloadTools,
  config: HttpConfig,
  from: number,
  validator: string | undefined,
): Promise<Opened> {
  const { request, exchanging } = tools;
  const resumes = from > 0 && validator !== undefined;
  const headers = resumes
    ? { ...request.headers, Range: `bytes=${from}-`, "If-Range": validator }
    : request.headers;
  const answer = await exchange({ ...request, headers }, exchanging);
  const { start, total } = rangeOf(answer.headers);
  if (resumes && answer.status === 206) {
    if (start === from && (validatorOf(answer.headers) ?? validator) === validator) {
      return { answer, start: from, total };
    }
    await answer.discard();
    return openFrom(tools, config, 0, undefined);
  }
  if (resumes && answer.status === 416) {
    await answer.discard();
    return total === from ? { answer: undefined, start: from, total } : openFrom(tools, config, 0, undefined);
  }
  if (!isExpected(answer.status, config.expectedStatus) || answer.status === 206) {
    throw await statusFailure(request.method, answer, systemClock);
  }
  const length = answer.headers.get("content-length");
  return { answer, start: 0, total: length === null ? undefined : Number(length) };
}

function shortFailure({ request }: DownloadTools, size: number, total: number): HttpFailure {
  return new HttpFailure(
    `Cannot download ${shownUrl(request.url)}: ${size} of ${total} bytes came before the end`,
    { code: "HTTP_CUT", passes: true },
  );
}

interface Checked {
  readonly algorithm: Bun.SupportedCryptoAlgorithms;
  readonly expected: string | undefined;
}

/** The hash to check by; SHA-256 where none is given. */
function hashOf({ checksum }: HttpConfig): Checked {
  const [algorithm = "sha256", expected] = checksum?.toLowerCase().split(":") ?? [];
  // The schema lets only such names pass.
  return { algorithm: algorithm as Checked["algorithm"], expected };
}

/** Throws where what came is not what was expected. */
function check(config: HttpConfig, url: URL, size: number, digest: string): void {
  const { algorithm, expected } = hashOf(config);
  const wrong =
    config.size !== undefined && size !== config.size
      ? `it has ${size} bytes instead of ${config.size}`
      : expected !== undefined && digest !== expected
        ? `its ${algorithm} is ${digest} instead of ${expected}`
        : undefined;
  if (wrong === undefined) return;
  throw new HttpFailure(`Cannot use what was downloaded from ${shownUrl(url)}: ${wrong}`, {
    code: "HTTP_CHECKSUM",
    passes: false,
    hint: "Nothing was published. Look at what the server sends, or correct checksum and size.",
  });
}

/** Downloads to a file of this machine. What has come is kept beside the target, over attempts and resumes. */
async function toLocal(context: Context, tools: DownloadTools, target: string): Promise<JsonObject> {
  const { config, progress, run } = context;
  const { url } = tools.request;
  const owner = sha256(`${run.pipelineName}\0${run.componentName}`).slice(0, 12);
  const source = sha256(`${url.origin}${url.pathname}`);
  const partial = await PartialFile.open(target, owner, source);
  let facts: JsonObject = {};
  const once = async (): Promise<void> => {
    const opened = await openFrom(tools, config, partial.size, partial.validator);
    if (opened.answer === undefined) return;
    facts = answerFacts(opened.answer);
    await partial.begin(opened.start, validatorOf(opened.answer.headers));
    for await (const part of opened.answer.body()) {
      await partial.write(part);
      progress(partial.size, opened.total, "bytes");
    }
    if (opened.total !== undefined && partial.size !== opened.total) {
      throw shortFailure(tools, partial.size, opened.total);
    }
  };
  try {
    for (let again = true; again;) {
      const wasResumed = await untilWhole(partial, tools, once);
      again = !(await isRight(partial, config, url, wasResumed));
    }
    const { algorithm } = hashOf(config);
    const digest = await partial.digest(algorithm);
    const { size } = partial;
    await partial.publish();
    return { ...facts, path: target, size, checksum: `${algorithm}:${digest}`, unchanged: false };
  } finally {
    await partial.close();
  }
}

/** Repeats as long as bytes come; tries that bring none are counted. True where parts of several answers make the file. */
async function untilWhole(
  partial: PartialFile,
  { retrying }: DownloadTools,
  once: () => Promise<void>,
): Promise<boolean> {
  for (;;) {
    const before = partial.size;
    try {
      await withRetries(retrying, () => true, once);
      return partial.isJoined;
    } catch (thrown) {
      if (!(thrown instanceof HttpFailure) || !thrown.facts.passes || partial.size <= before) throw thrown;
    }
  }
}

/** False: parts that don't belong together were joined, and it begins anew. Throws HTTP_CHECKSUM where the file is simply wrong. */
async function isRight(
  partial: PartialFile,
  config: HttpConfig,
  url: URL,
  wasJoined: boolean,
): Promise<boolean> {
  try {
    check(config, url, partial.size, await partial.digest(hashOf(config).algorithm));
    return true;
  } catch (thrown) {
    await partial.begin(0, undefined);
    if (!wasJoined) throw thrown;
    return false;
  }
}

/** The bytes of the file, over broken connections; the end comes only where all is right. */
async function* resumedBody(
  context: Context,
  tools: DownloadTools,
  hash: Bun.CryptoHasher,
  seen: { facts: JsonObject; size: number },
): AsyncGenerator<Uint8Array> {
  const { config, progress } = context;
  let validator: string | undefined;
  for (let isWhole = false; !isWhole;) {
    const opened = await withRetries(
      tools.retrying,
      () => true,
      () => openFrom(tools, config, seen.size, validator),
    );
    if (opened.start !== seen.size) {
      throw new HttpFailure(
        `Cannot download ${shownUrl(tools.request.url)}: the server can't go on where the connection broke`,
        { code: "HTTP_CUT", passes: true },
      );
    }
    if (opened.answer === undefined) break;
    seen.facts = answerFacts(opened.answer);
    validator = validatorOf(opened.answer.headers);
    try {
      for await (const part of opened.answer.body()) {
        hash.update(part);
        seen.size += part.length;
        progress(seen.size, opened.total, "bytes");
        yield part;
      }
      isWhole = opened.total === undefined || seen.size === opened.total;
      if (!isWhole) throw shortFailure(tools, seen.size, opened.total ?? 0);
    } catch (thrown) {
      if (!(thrown instanceof HttpFailure) || !thrown.facts.passes || validator === undefined) throw thrown;
      tools.retrying.warn(`${thrown.message}; it goes on at byte ${seen.size}`);
    }
  }
}

/** Downloads to an object store or cluster: what is written becomes visible as a whole, or not at all. */
async function toRemote(
  context: Context,
  tools: DownloadTools,
  files: DataFiles,
  target: string,
): Promise<JsonObject> {
  const { config } = context;
  const { algorithm } = hashOf(config);
  return withRetries(
    tools.retrying,
    () => true,
    async () => {
      const hash = new Bun.CryptoHasher(algorithm);
      const seen = { facts: {} as JsonObject, size: 0 };
      let digest = "";
      const source = async function* (): AsyncGenerator<Uint8Array> {
        yield* resumedBody(context, tools, hash, seen);
        digest = hash.digest("hex");
        check(config, tools.request.url, seen.size, digest);
      };
      await files.write(target, source(), {}, tools.exchanging.signal);
      return {
        ...seen.facts,
        path: target,
        size: seen.size,
        checksum: `${algorithm}:${digest}`,
        unchanged: false,
      };
    },
  );
}

/** Whether the target is there already as the checksum says it should be: then nothing has to be downloaded. */
async function isThere(
  config: HttpConfig,
  files: DataFiles,
  target: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { algorithm, expected } = hashOf(config);
  if (expected === undefined) return false;
  const there = await files.stat(target, signal);
  if (there?.kind !== "file" || (config.size !== undefined && there.size !== config.size)) return false;
  const hash = new Bun.CryptoHasher(algorithm);
  for await (const part of files.read(target, {}, signal)) hash.update(part);
  return hash.digest("hex") === expected;
}

/** Downloads to a file and declares it as an artifact; its checksum and size are verified before anybody can see it. */
export async function download(context: Context, tools: DownloadTools): Promise<JsonObject> {
  const { config, env, spark, log } = context;
  const { signal } = tools.exchanging;
  const files = openDataFiles({ folder: folderOf(context), env, hadoop: spark.settings?.config });
  try {
    const target = files.resolve(tools.target);
    const isLocal = isAbsolute(target);
    if (await isThere(config, files, target, signal)) {
      log.info(`${target} is there already and has the checksum: nothing was downloaded`);
      if (isLocal) await context.artifact(target);
      return { path: target, checksum: config.checksum?.toLowerCase() ?? "", unchanged: true };
    }
    const outputs = isLocal
      ? await toLocal(context, tools, target)
      : await toRemote(context, tools, files, target);
    if (isLocal) await context.artifact(target);
    return outputs;
  } finally {
    await files.close();
  }
}
