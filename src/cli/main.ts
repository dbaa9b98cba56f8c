import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { runCommand } from "citty";
import { CairnError, systemClock, version } from "../base/mod.ts";
import { readArgs, type Request } from "./args.ts";
import { toCitty } from "./citty.ts";
import type { CommandContext } from "./context.ts";
import { definitions } from "./definitions.ts";
import { EXIT, exitCodeOf } from "./exit.ts";
import { COLORS } from "./flags.ts";
import type { Given } from "./given.ts";
import { helpFor } from "./help.ts";
import { errorRecord } from "./json-log.ts";
import { type Output, printJson, printText } from "./output.ts";
import { errorDocument, errorText } from "./print-error.ts";
import { installSignals } from "./signals.ts";
import { createStyle, wantsColor } from "./style.ts";
import { usageError } from "./usage-error.ts";
import { wantsJson } from "./wants-json.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type ColorFlag = (typeof COLORS)[number];

/** What the command line runs in; all of it is the process's own in the executable. */
export interface World {
  readonly argv: readonly string[];
  readonly env: Environment;
  /** Standard output and standard error. */
  readonly sinks: Pick<Output, "out" | "err">;
  /** Ends the process at once: for signals where nothing runs that had to be ended in order. */
  exit(code: number): void;
}

/** The whole command line: reads it, does it, prints what went wrong. Resolves to the exit code when all output is taken. */
export async function main(world: World): Promise<number> {
  const signals = installSignals((code) => world.exit(code));
  const { sinks } = world;
  let output = makeOutput(sinks, "auto", world.env);
  let verbose = false;
  let jsonLog = false;
  let json = false;
  let runs = false;
  let code: number;
  try {
    json = wantsJson(world.argv, world.env);
    const request = readArgs(world.argv, world.env, definitions);
    if (request.kind === "command") {
      const { given } = request;
      runs = request.path[0] === "run" || request.path[0] === "resume";
      output = makeOutput(sinks, given.choice("color", COLORS) ?? "auto", world.env);
      verbose = given.on("verbose") === true;
      jsonLog =
        request.command.flags.some(({ name }) => name === "log-format") &&
        given.text("log-format") === "json";
      code = await runRequest(request, {
        path: request.path,
        given,
        output,
        env: world.env,
        cwd: enterFolder(given),
        signals,
        readStdin: () => Bun.stdin.bytes(),
        definitions,
      });
    } else {
      if (request.kind === "version") printText(output, `cairn ${version}`);
      else
        sinks.out.write(
          helpFor(request.path, definitions, { style: output.style, columns: sinks.out.columns() }),
        );
      code = EXIT.success;
    }
  } catch (thrown) {
    code = exitCodeOf(thrown);
    if (json) printJson(output, errorDocument(thrown));
    const text = jsonLog
      ? JSON.stringify(errorRecord(thrown, systemClock.now()))
      : errorText(thrown, output.errStyle, verbose);
    sinks.err.write(`${text}\n`);
  }
  await Promise.all([sinks.out.flush(), sinks.err.flush()]);
  const lost = sinks.out.lost?.();
  if (lost !== undefined) {
    sinks.err.write(`${lostText(lost, output)}\n`);
    await sinks.err.flush();
    // What a run came to is more than what could be printed of it; of other commands the result is all there is.
    if (code === EXIT.success && !runs) code = 1;
  }
  signals.close();
  return code;
}

function lostText(code: string, output: Output): string {
  return errorText(
    new CairnError(`Cannot write the result to standard output: ${code}`, {
      code: "OUTPUT_LOST",
      kind: "world",
      hint: "Look for space where it is redirected to; what is there now is not whole.",
    }),
    output.errStyle,
    false,
  );
}

function makeOutput(sinks: Pick<Output, "out" | "err">, color: ColorFlag, env: Environment): Output {
  return {
    ...sinks,
    style: createStyle(wantsColor(color, env, sinks.out.isTerminal)),
    errStyle: createStyle(wantsColor(color, env, sinks.err.isTerminal)),
  };
}

/** The working directory; `-C` changes the process's own, so that everything relative, also in components, counts from there. */
function enterFolder(given: Given): string {
  const folder = given.text("directory");
  if (folder === undefined) return process.cwd();
  const path = resolve(folder);
  const from = given.onLine("directory") ? "-C " : "CAIRN_DIRECTORY=";
  if (!existsSync(path))
    throw usageError(`${from}${JSON.stringify(folder)}: there is no such folder`, undefined, "cairn");
  if (!statSync(path).isDirectory())
    throw usageError(`${from}${JSON.stringify(folder)} is no folder`, undefined, "cairn");
  process.chdir(path);
  return path;
}

/** Citty dispatches what the strict layer has read. */
async function runRequest(
  request: Extract<Request<CommandContext>, { kind: "command" }>,
  context: CommandContext,
): Promise<number> {
  let code: number = EXIT.bug;
  const command = toCitty(request.command, context, (exitCode) => {
    code = exitCode;
  });
  await runCommand(command, { rawArgs: [] });
  return code;
}
