import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { type ComponentContext, PermanentError } from "cairn";

type Context = Pick<ComponentContext, "env" | "spark" | "signal">;

const GLOB = /[*?[{]/;

/** A copy of objects on this machine. */
export interface FetchedObjects {
  /** The path or glob that stands for the source's. */
  readonly path: string;
  remove(): Promise<void>;
}

/** A setting of `fs.s3a`, the bucket's own first. */
function setting(ctx: Context, bucket: string, name: string): string | undefined {
  const config = ctx.spark.settings?.config ?? {};
  return config[`spark.hadoop.fs.s3a.bucket.${bucket}.${name}`] ?? config[`spark.hadoop.fs.s3a.${name}`];
}

function clientFor(ctx: Context, bucket: string): Bun.S3Client {
  const { env } = ctx;
  const endpoint = setting(ctx, bucket, "endpoint") ?? env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"];
  const options: Bun.S3Options = { bucket };
  const accessKeyId = setting(ctx, bucket, "access.key") ?? env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = setting(ctx, bucket, "secret.key") ?? env["AWS_SECRET_ACCESS_KEY"];
  const sessionToken = setting(ctx, bucket, "session.token") ?? env["AWS_SESSION_TOKEN"];
  const region = setting(ctx, bucket, "endpoint.region") ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new PermanentError(`Cannot read from the bucket "${bucket}": there are no keys`, {
      code: "SQL_S3_NO_KEYS",
      hint: "Give fs.s3a.access.key and fs.s3a.secret.key in spark.config, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; what signs in otherwise can be read by file.copy or engine = spark.",
    });
  }
  Object.assign(options, { accessKeyId, secretAccessKey });
  if (sessionToken !== undefined) options.sessionToken = sessionToken;
  options.region = region ?? "us-east-1";
  if (endpoint !== undefined) options.endpoint = endpoint.includes("://") ? endpoint : `https://${endpoint}`;
  return new Bun.S3Client(options);
}

/**
 * Copies the objects that a source names into a temporary folder: DuckDB's own reader of S3 is an extension that it
 * would load from the internet.
 */
export async function fetchS3(uri: string, name: string, ctx: Context): Promise<FetchedObjects> {
  const parts = /^s3a?:\/\/([^/]+)\/(.+)$/.exec(uri);
  const [, bucket, key] = parts ?? [];
  if (bucket === undefined || key === undefined) {
    throw new PermanentError(
      `Cannot read the source "${name}": DuckDB reads local files and S3, not "${uri}"`,
      {
        code: "SQL_SOURCE_UNSUPPORTED",
        hint: "Copy it here with file.copy first, or use engine = spark.",
      },
    );
  }
  const client = clientFor(ctx, bucket);
  const wanted = await keysOf(client, key, ctx.signal);
  if (wanted.length === 0) {
    throw new PermanentError(`Cannot read the source "${name}": nothing is at "${uri}"`, {
      code: "SQL_SOURCE_MISSING",
    });
  }
  const folder = await mkdtemp(join(tmpdir(), "cairn-sql-"));
  for (const one of wanted) {
    ctx.signal.throwIfAborted();
    const file = join(folder, one);
    await mkdir(dirname(file), { recursive: true });
    await Bun.write(file, client.file(one));
  }
  return { path: join(folder, key), remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The keys of an object, of a glob, or of everything in a folder. */
async function keysOf(client: Bun.S3Client, key: string, signal: AbortSignal): Promise<readonly string[]> {
  const glob = GLOB.test(key) ? new Bun.Glob(key) : undefined;
  if (glob === undefined && (await client.exists(key))) return [key];
  const stem = glob === undefined ? `${key.replace(/\/+$/, "")}/` : (key.split(GLOB)[0] ?? "");
  const prefix = glob === undefined ? stem : stem.slice(0, stem.length - basename(`x${stem}`).length + 1);
  const keys: string[] = [];
  let startAfter: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    const page = await client.list({ prefix, ...(startAfter !== undefined && { startAfter }) });
    for (const { key: one } of page.contents ?? []) {
      if (!one.endsWith("/") && (glob?.match(one) ?? true)) keys.push(one);
      startAfter = one;
    }
    if (page.isTruncated !== true || (page.contents ?? []).length === 0) return keys;
  }
}
