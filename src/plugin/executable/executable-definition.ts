import { basename } from "node:path";
import { CairnError, type JsonObject, type JsonValue } from "../../base/mod.ts";
import {
  contextVariables,
  endText,
  forwardLines,
  isLasting,
  LastLines,
  type ProgramEnd,
  ProgramError,
  runProgram,
} from "../../program/mod.ts";
import {
  type ComponentContext,
  type ComponentDefinition,
  CONTEXT_FACTS,
  type ContextFacts,
  PermanentError,
  SkipComponent,
  TransientError,
} from "../../sdk/mod.ts";
import { configVariables } from "./config-variables.ts";
import { type ExchangeFolder, openExchange } from "./exchange-folder.ts";
import { watchExchange } from "./exchange-watch.ts";
import { commandFor } from "./executable-file.ts";
import { readHeader } from "./header.ts";
import { badLine, parseArtifact, parseError, parseOutput } from "./told.ts";

/** Between SIGTERM and SIGKILL, when the component is told to stop, in ms. */
const GRACE_MS = 10_000;

/** What exit codes other than 0 mean; any other one is a failure like others. */
const KINDS_BY_CODE: ReadonlyMap<number, "transient" | "permanent" | "skip"> = new Map([
  /* EX_TEMPFAIL of sysexits.h */ [75, "transient"],
  /* EX_CONFIG of sysexits.h */ [78, "permanent"],
  /* As other runners have it. */ [99, "skip"],
]);

type Context = ComponentContext<JsonObject>;

function environment(context: Context, exchange: ExchangeFolder): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(context.env)) if (value !== undefined) env[name] = value;
  const { variables, left } = configVariables(context.config);
  if (left.length > 0) {
    context.log.warn(`no variable can tell ${left.join(", ")} of the configuration; it is on stdin`);
  }
  const path = env["PYTHONPATH"];
  return {
    // What is printed is to be seen when it is printed.
    PYTHONUNBUFFERED: "1",
    ...env,
    ...contextVariables(context.run),
    ...variables,
    ...exchange.variables,
    PYTHONPATH: path === undefined || path === "" ? exchange.python : `${exchange.python}:${path}`,
  };
}

/** Throws what a failed program says of itself, by its error file, its exit code and the last line of its stderr. */
function fail(file: string, end: ProgramEnd, exchange: ExchangeFolder, lastError: string): never {
  const told = parseError(exchange.read("error"));
  const byItself = end.ended === undefined && end.code !== undefined;
  const exitCode = byItself ? end.code : undefined;
  const kind = byItself ? (told.kind ?? KINDS_BY_CODE.get(end.code)) : undefined;
  const text = endText(basename(file), end, { lastError });
  const message = byItself ? (told.message ?? text.message) : text.message;
  const options = { code: text.code, hint: told.hint ?? text.hint, exitCode };
  if (kind === "skip") throw new SkipComponent(told.message ?? (lastError.trim() || `exit code ${exitCode}`));
  if (kind === "transient") throw new TransientError(message, options);
  if (kind === "permanent") throw new PermanentError(message, options);
  throw new ProgramError({ code: text.code, message, hint: options.hint }, exitCode, told.name);
}

/** What went well: artifacts are declared, outputs returned. */
async function succeed(context: Context, exchange: ExchangeFolder): Promise<JsonValue | undefined> {
  for (const line of exchange.read("artifacts").split("\n")) {
    if (line.trim() === "") continue;
    const { path, hash, consumed } = parseArtifact(line);
    await context.artifact(path, { hash, consumed });
  }
  return parseOutput(exchange.read("output"));
}

/** Runs a component in another language through the protocol of docs/plugins/any-language.md. */
async function runExecutable(file: string, context: Context): Promise<JsonValue | undefined> {
  const facts: ContextFacts = context[CONTEXT_FACTS] ?? {
    steps: {},
    completed: new Map(),
    cwd: process.cwd(),
  };
  using exchange = openExchange(facts);
  const stop = new AbortController();
  const watch = watchExchange(exchange, context, () => stop.abort());
  const last = new LastLines();
  let end: ProgramEnd;
  try {
    end = await runProgram({
      command: await commandFor(file),
      env: environment(context, exchange),
      cwd: facts.cwd,
      stdin: { text: `${JSON.stringify(context.config)}\n` },
      graceMs: GRACE_MS,
      signal: AbortSignal.any([context.signal, stop.signal]),
      lines: last.watch(forwardLines(context.log, facts.frameLog)),
    });
  } catch (thrown) {
    await watch.finish();
    throw lasting(thrown);
  }
  // However it ended: what it has told of its steps is kept before its end is.
  await watch.finish();
  if (end.leftovers) context.log.warn("processes that it left behind in its process group were killed");
  if (end.escaped)
    context.log.warn("a process that it left behind still holds its output; no more of it is read");
  if (end.code !== 0 || end.ended !== undefined) fail(file, end, exchange, last.error);
  return await succeed(context, exchange);
}

function lasting(thrown: unknown): unknown {
  if (!(thrown instanceof CairnError) || !isLasting(thrown.code)) return thrown;
  return new PermanentError(thrown.message, { code: thrown.code, hint: thrown.hint, cause: thrown });
}

/** The definition of a component in another language. Nothing of it is run. */
export function executableDefinition(file: string): ComponentDefinition {
  return {
    kind: "component",
    description: readHeader(file).description,
    config: undefined,
    files: () => [],
    run(context) {
      const { config } = context;
      if (typeof config === "object" && config !== null && !Array.isArray(config)) {
        return runExecutable(file, context as Context);
      }
      throw badLine("its configuration", "it is no object", "Write instance-config { … }.");
    },
  };
}
