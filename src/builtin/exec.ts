import { CairnError, type JsonValue } from "../base/mod.ts";
import {
  allowedEnv,
  BASE_VARIABLES,
  contextVariables,
  endText,
  forwardLines,
  isLasting,
  LastLines,
  type LineSink,
  MAX_LINE,
  type ProgramEnd,
  ProgramError,
  type ProgramInput,
  type ProgramRequest,
  runProgram,
} from "../program/mod.ts";
import {
  type ComponentContext,
  type ComponentDefinition,
  CONTEXT_FACTS,
  defineComponent,
  MAX_RESULT_BYTES,
  PermanentError,
  SkipComponent,
  TransientError,
} from "../sdk/mod.ts";
import { type ExecConfig, execConfig } from "./exec-config.ts";
import { pathIn } from "./config-path.ts";
import { fileOutputs, lastLineOutputs, removeOutputs } from "./exec-outputs.ts";

/** What `shell = true` starts. */
const SHELL = "/bin/sh";

type Context = ComponentContext<ExecConfig>;

function commandOf(context: Context): [string, ...string[]] {
  const { command } = context.config;
  if (typeof command === "string") return [SHELL, "-c", command];
  const [program = "", ...args] = command;
  return [program.includes("/") ? pathIn(context, program) : program, ...args];
}

function inputOf(context: Context): ProgramInput {
  const { stdin, stdinFile } = context.config;
  if (stdinFile !== undefined) return { file: pathIn(context, stdinFile) };
  return stdin === undefined ? undefined : { text: stdin };
}

function requestOf(context: Context, lines: LineSink): ProgramRequest {
  const { config, env, run, signal } = context;
  return {
    command: commandOf(context),
    env: {
      ...allowedEnv(env, [...BASE_VARIABLES, ...config.passEnv]),
      ...contextVariables(run),
      ...config.env,
    },
    cwd: pathIn(context, config.cwd),
    stdin: inputOf(context),
    timeoutMs: config.timeout,
    graceMs: config.grace,
    signal,
    lines,
    keep: config.outputs === "last-line" ? MAX_RESULT_BYTES : MAX_LINE,
  };
}

async function started(request: ProgramRequest): Promise<ProgramEnd> {
  try {
    return await runProgram(request);
  } catch (thrown) {
    if (!(thrown instanceof CairnError) || !isLasting(thrown.code)) throw thrown;
    throw new PermanentError(thrown.message, { code: thrown.code, hint: thrown.hint, cause: thrown });
  }
}

/** Throws what an end that is no success means. */
function judge(context: Context, end: ProgramEnd, program: string, last: LastLines): void {
  const { successExitCodes, retryableExitCodes, skipExitCodes, timeout } = context.config;
  const { code } = end;
  const byItself = end.ended === undefined && code !== undefined;
  if (byItself && successExitCodes.includes(code)) return;
  if (byItself && skipExitCodes.includes(code)) {
    const reason = last.error.trim() || last.out?.text.trim();
    throw new SkipComponent(reason || `the program ended with exit code ${code}`);
  }
  const text = endText(program, end, { lastError: last.error, timeoutMs: timeout });
  if (byItself && retryableExitCodes.includes(code)) {
    throw new TransientError(text.message, { code: text.code, hint: text.hint, exitCode: code });
  }
  throw new ProgramError(text, byItself ? code : undefined);
}

function outputsOf(
  config: ExecConfig,
  file: string | undefined,
  end: ProgramEnd,
  last: LastLines,
): JsonValue {
  if (file !== undefined) return fileOutputs(file);
  if (config.outputs === "last-line") return lastLineOutputs(last.out);
  return { exitCode: end.code ?? 0 };
}

/** Runs a program and waits for its end. */
async function exec(context: Context): Promise<JsonValue> {
  const { config, log, artifact } = context;
  const file = config.outputsFile === undefined ? undefined : pathIn(context, config.outputsFile);
  if (file !== undefined) removeOutputs(file);
  const last = new LastLines();
  const request = requestOf(context, last.watch(forwardLines(log, context[CONTEXT_FACTS]?.frameLog)));
  const program = typeof config.command === "string" ? SHELL : (config.command[0] ?? "");
  const end = await started(request);
  if (end.leftovers) log.warn("processes that the program left behind in its process group were killed");
  if (end.escaped)
    log.warn("a process that the program left behind still holds its output; no more of it is read");
  judge(context, end, program, last);
  const outputs = outputsOf(config, file, end, last);
  for (const path of config.artifacts) await artifact(pathIn(context, path));
  return outputs;
}

/** `exec`: runs a program. */
export const execComponent: ComponentDefinition<typeof execConfig> = defineComponent({
  description: "Runs a program: its output becomes log lines, its exit code decides.",
  config: execConfig,
  run: exec,
});
