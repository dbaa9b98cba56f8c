import { access, constants, readFile } from "node:fs/promises";
import { canonicalJson, messageOf, sha256 } from "../base/mod.ts";
import { type ComponentContext, PermanentError } from "../sdk/mod.ts";
import { pathIn } from "./config-path.ts";
import type { HttpConfig } from "./http-config.ts";
import type { HttpRequest, TlsTexts } from "./http-exchange.ts";

type Context = ComponentContext<HttpConfig>;

/**
 * The key by which a server knows a request again: the same in all attempts and resumes of a chain, another one for each
 * component. It is made of nothing that may be a secret, so that rotating one changes no key.
 */
function idempotencyKeyOf({ config, run }: Context): string | undefined {
  const { idempotencyKey } = config;
  if (typeof idempotencyKey === "string") return idempotencyKey;
  if (!idempotencyKey) return undefined;
  const component = sha256(canonicalJson([run.pipelineName, run.componentName])).slice(0, 16);
  return `cairn-${run.rootRunId}-${component}`;
}

function urlOf({ url, query }: HttpConfig): URL {
  const whole = new URL(url);
  for (const [name, value] of Object.entries(query)) {
    for (const one of typeof value === "string" ? [value] : value) whole.searchParams.append(name, one);
  }
  return whole;
}

function authorization({ auth }: HttpConfig): Record<string, string> {
  if (auth === undefined) return {};
  if (auth.bearer !== undefined) return { Authorization: `Bearer ${auth.bearer}` };
  const pair = `${auth.user ?? ""}:${auth.password ?? ""}`;
  return { Authorization: `Basic ${Buffer.from(pair, "utf8").toString("base64")}` };
}

async function readable(path: string, what: string): Promise<string> {
  try {
    await access(path, constants.R_OK);
    return path;
  } catch (thrown) {
    throw new PermanentError(`Cannot read ${what} ${JSON.stringify(path)}: ${messageOf(thrown)}`, {
      code: "HTTP_FILE_UNREADABLE",
      hint: "Relative paths count from the folder of the configuration file.",
      cause: thrown,
    });
  }
}

/** The body, and its Content-Type where the headers say none. */
async function bodyOf(
  context: Context,
): Promise<{ readonly body: HttpRequest["body"]; readonly type: string | undefined }> {
  const { body } = context.config;
  if (body === undefined) return { body: undefined, type: undefined };
  if (body.file !== undefined) {
    const file = Bun.file(await readable(pathIn(context, body.file), "the body's file"));
    return { body: file, type: body.type ?? file.type };
  }
  if (body.text !== undefined) return { body: body.text, type: body.type ?? "text/plain; charset=utf-8" };
  return { body: JSON.stringify(body.json), type: body.type ?? "application/json" };
}

function has(headers: Readonly<Record<string, string>>, name: string): boolean {
  return Object.keys(headers).some((given) => given.toLowerCase() === name);
}

/** The request that a configuration asks for. @throws PermanentError HTTP_FILE_UNREADABLE */
export async function requestOf(context: Context): Promise<HttpRequest> {
  const { config } = context;
  const { body, type } = await bodyOf(context);
  const key = idempotencyKeyOf(context);
  const given = config.headers;
  return {
    url: urlOf(config),
    method: config.method,
    headers: {
      ...(has(given, "user-agent") ? {} : { "User-Agent": "cairn" }),
      // Bytes of a download are counted, hashed and asked for by place: they must be the file's own.
      ...(config.target === undefined || has(given, "accept-encoding")
        ? {}
        : { "Accept-Encoding": "identity" }),
      ...(type === undefined || has(given, "content-type") ? {} : { "Content-Type": type }),
      ...(key === undefined ? {} : { "Idempotency-Key": key }),
      ...authorization(config),
      ...given,
    },
    body,
  };
}

/** The certificates that a configuration names. @throws PermanentError HTTP_FILE_UNREADABLE */
export async function tlsOf(context: Context): Promise<TlsTexts | undefined> {
  const { tls } = context.config;
  if (tls === undefined) return undefined;
  const read = async (path: string | undefined, what: string): Promise<string | undefined> =>
    path === undefined ? undefined : readFile(await readable(pathIn(context, path), what), "utf8");
  return {
    ca: await read(tls.ca, "tls.ca"),
    cert: await read(tls.cert, "tls.cert"),
    key: await read(tls.key, "tls.key"),
  };
}
