import { CairnError, type Finding, messageOf, nearest, type Place } from "../base/mod.ts";
import { pluginExports } from "../sdk/mod.ts";
import type { ResolvedType } from "./plugin.ts";

/** The parts of Bun's BuildMessage and ResolveMessage that are used; neither class is exported as a value. */
interface BuildProblem {
  readonly message: string;
  readonly position: {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly length: number;
    readonly lineText: string;
  } | null;
}

function isBuildProblem(thrown: unknown): thrown is BuildProblem {
  return thrown instanceof Error && thrown.name === "BuildMessage";
}

/** The syntax errors of a failed import: Bun throws one alone and several in an AggregateError. */
function buildProblems(thrown: unknown): readonly BuildProblem[] {
  if (isBuildProblem(thrown)) return [thrown];
  return thrown instanceof AggregateError ? thrown.errors.filter(isBuildProblem) : [];
}

function placeOf(problem: BuildProblem): Place | undefined {
  const at = problem.position;
  if (at === null || at === undefined) return undefined;
  return { file: at.file, line: at.line, column: at.column, length: Math.max(1, at.length) };
}

function syntaxFinding(problem: BuildProblem): Finding {
  return {
    severity: "error",
    code: "PLUGIN_SYNTAX",
    message: problem.message,
    place: placeOf(problem),
    sourceLine: problem.position?.lineText,
  };
}

/** The first frame of the stack that lies in the plugin folder. */
function thrownAt(thrown: unknown, folder: string): Place | undefined {
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : "";
  for (const line of stack.split("\n")) {
    const frame = /\(?((?:\/|[A-Za-z]:)[^()]*):(\d+):(\d+)\)?$/.exec(line.trim());
    const file = frame?.[1]?.replace(/^.*?(?=\/)/, "");
    if (file !== undefined && file.startsWith(folder)) {
      return { file, line: Number(frame?.[2]), column: Number(frame?.[3]), length: 1 };
    }
  }
  return undefined;
}

interface Problem {
  readonly code: string;
  readonly state: string;
  readonly hint: string;
  readonly findings: readonly Finding[];
}

function syntaxProblem(problems: readonly BuildProblem[]): Problem {
  const [first] = problems;
  const place = first === undefined ? undefined : placeOf(first);
  const where = place === undefined ? "" : ` at ${place.file}:${place.line}:${place.column}`;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return {
    code: "PLUGIN_SYNTAX",
    state: `syntax error${where}: ${first?.message ?? "unknown"}${more}`,
    hint: "Correct the file.",
    findings: problems.map(syntaxFinding),
  };
}

/** Something it imports does not exist. */
function resolveProblem(thrown: Error, folder: string): Problem {
  const specifier = String(Reflect.get(thrown, "specifier") ?? "");
  const referrer = String(Reflect.get(thrown, "referrer") ?? "");
  const isFile = /^\.{0,2}\//.test(specifier);
  const hint = specifier.startsWith("cairn/")
    ? 'Cairn provides the modules "cairn" and "cairn/testing".'
    : `Install it beside the plugin: npm install ${specifier} in ${folder}.`;
  return {
    code: "PLUGIN_IMPORT",
    state: `${referrer} imports "${specifier}", which ${isFile ? "does not exist" : "is not installed"}`,
    hint: isFile ? "Correct the path; it counts from the importing file, with its extension." : hint,
    findings: [],
  };
}

/** An imported name that its module lacks. */
function linkProblem(name: string, module: string): Problem {
  const near = module === "cairn" ? nearest(name, Object.keys(pluginExports)) : undefined;
  return {
    code: "PLUGIN_IMPORT",
    state: `it imports "${name}" of "${module}", which has no such export`,
    hint: near === undefined ? `Look at what "${module}" exports.` : `Did you mean "${near}"?`,
    findings: [],
  };
}

function threwProblem(thrown: unknown, folder: string): Problem {
  const place = thrownAt(thrown, folder);
  const where = place === undefined ? "" : ` at ${place.file}:${place.line}:${place.column}`;
  const name = thrown instanceof Error ? `${thrown.name}: ` : "";
  const message = `it threw while loading${where}: ${name}${messageOf(thrown)}`;
  return {
    code: "PLUGIN_THREW",
    state: message,
    hint: "Do the work in run(…), and only definitions at the top level of the file.",
    findings:
      place === undefined
        ? []
        : [{ severity: "error", code: "PLUGIN_THREW", message: messageOf(thrown), place }],
  };
}

function problemOf(thrown: unknown, folder: string): Problem {
  if (thrown instanceof CairnError) {
    return { code: thrown.code, state: thrown.message, hint: thrown.hint ?? "", findings: thrown.findings };
  }
  const builds = buildProblems(thrown);
  if (builds.length > 0) return syntaxProblem(builds);
  if (thrown instanceof Error && thrown.name === "ResolveMessage") return resolveProblem(thrown, folder);
  const link =
    thrown instanceof SyntaxError
      ? /^Export named '(.+)' not found in module '(.+)'\.$/.exec(thrown.message)
      : null;
  if (link?.[1] !== undefined && link[2] !== undefined) return linkProblem(link[1], link[2]);
  return threwProblem(thrown, folder);
}

/** A failed import as an error that says what to do. */
export function importProblem(resolved: ResolvedType, file: string, thrown: unknown): CairnError {
  const problem = problemOf(thrown, resolved.folder ?? file);
  return new CairnError(`Cannot load plugin "${resolved.type}" (${file}): ${problem.state}`, {
    code: problem.code,
    kind: "config",
    hint: problem.hint,
    cause: thrown,
    findings: problem.findings,
    details: { type: resolved.type, file },
  });
}
