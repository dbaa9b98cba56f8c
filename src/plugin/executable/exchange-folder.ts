import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CairnError, type JsonValue, messageOf } from "../../base/mod.ts";
import type { ContextFacts } from "../../sdk/mod.ts";
import { ownFolderPrefix, sweepStaleFolders } from "./stale-folders.ts";
import helper from "./cairn.py" with { type: "text" };

const PRIVATE_FILE = 0o600;

/** The files through which a component in another language talks with us, in a folder of its own. */
export interface ExchangeFolder extends Disposable {
  /** The variables that name them. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where the helper for Python lies. */
  readonly python: string;
  readonly steps: string;
  readonly progress: string;
  /** What the program wrote to one of them. */
  read(name: "output" | "artifacts" | "error"): string;
  /** Tells the program that a step is durable. */
  kept(name: string): void;
}

/** A line of CAIRN_STEPS. */
function stepLine(name: string, result: JsonValue): string {
  return `${JSON.stringify({ name, result })}\n`;
}

function keptLine(name: string): string {
  return `${JSON.stringify(name)}\n`;
}

function fill(folder: string, facts: ContextFacts): void {
  const write = (name: string, text: string): void =>
    writeFileSync(join(folder, name), text, { mode: PRIVATE_FILE });
  const steps = Object.entries(facts.steps);
  for (const name of ["output", "artifacts", "progress", "error"]) write(name, "");
  write("steps", steps.map(([name, result]) => stepLine(name, result)).join(""));
  write("steps-kept", steps.map(([name]) => keptLine(name)).join(""));
  const completed = [...facts.completed].map(([name, outputs]) => [name, outputs ?? null] as const);
  write("outputs", JSON.stringify(Object.fromEntries(completed)));
  mkdirSync(join(folder, "python"));
  write("python/cairn.py", helper);
}

function variablesOf(folder: string): Record<string, string> {
  return {
    CAIRN_OUTPUT: join(folder, "output"),
    CAIRN_OUTPUTS: join(folder, "outputs"),
    CAIRN_ARTIFACTS: join(folder, "artifacts"),
    CAIRN_STEPS: join(folder, "steps"),
    CAIRN_STEPS_KEPT: join(folder, "steps-kept"),
    CAIRN_PROGRESS: join(folder, "progress"),
    CAIRN_ERROR: join(folder, "error"),
  };
}

/** Makes the folder in the system's temporary one, readable for this user alone. Throws PROGRAM_EXCHANGE. */
export function openExchange(facts: ContextFacts): ExchangeFolder {
  let folder: string | undefined;
  const remove = (): void => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    sweepStaleFolders(tmpdir());
    folder = mkdtempSync(join(tmpdir(), ownFolderPrefix()));
    fill(folder, facts);
  } catch (thrown) {
    remove();
    throw new CairnError(
      `Cannot start the component's program: no files for it can be made: ${messageOf(thrown)}`,
      {
        code: "PROGRAM_EXCHANGE",
        kind: "world",
        hint: "Make room in the temporary folder, or name another one with TMPDIR.",
        cause: thrown,
      },
    );
  }
  const place = folder;
  return {
    variables: variablesOf(place),
    python: join(place, "python"),
    steps: join(place, "steps"),
    progress: join(place, "progress"),
    read: (name) => readFileSync(join(place, name), "utf8"),
    kept: (name) => appendFileSync(join(place, "steps-kept"), keptLine(name)),
    [Symbol.dispose]: remove,
  };
}
