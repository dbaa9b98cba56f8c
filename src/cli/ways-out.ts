import type { ConfigDifference } from "../api/mod.ts";
import { CairnError } from "../base/mod.ts";
import { repeatCommand, shownLocation, type ShownCommand } from "./command-line.ts";
import { shellQuote } from "./shell-quote.ts";

/** Commands that hints of lower rooms name without a location, because they don't know the command line. */
const CHECKPOINTS_COMMAND = /"cairn (checkpoints (?:show|delete|list|verify)[^"]*)"/gu;

/** The same error with hints that can be copied: commands of ours in full, for a refusal the ways out. */
export function withWaysOut(thrown: unknown, shown: ShownCommand, path: readonly string[]): unknown {
  if (!(thrown instanceof CairnError)) return thrown;
  const { message, code, kind, findings, details } = thrown;
  const hint = waysOut(thrown, shown, path) ?? inFull(thrown.hint, shown);
  if (hint === thrown.hint) return thrown;
  return new CairnError(message, { code, kind, hint, findings, details, cause: thrown.cause });
}

interface WayOut {
  readonly flag: string;
  readonly does: string;
}

const FRESH: WayOut = { flag: "--fresh", does: "start anew" };

/** By code of the refusal: what may be said instead, in the order of what is mostly meant. */
const WAYS: Readonly<Record<string, readonly WayOut[]>> = {
  CHECKPOINT_CONFIG_CHANGED: [
    { flag: "--on-config-change=rerun", does: "run it, and everything later or dependent, again" },
    { flag: "--on-config-change=accept", does: "keep what it did" },
    FRESH,
  ],
  CHECKPOINT_CODE_CHANGED: [
    { flag: "--on-code-change=rerun", does: "run it, and everything later or dependent, again" },
    { flag: "--on-code-change=warn", does: "keep what it did" },
    FRESH,
  ],
  CHECKPOINT_POISONED: [{ flag: "--retry-poisoned", does: "run it once more all the same" }, FRESH],
};

/** The ready commands after a refusal that a flag lifts. */
function waysOut(
  { code, details }: CairnError,
  shown: ShownCommand,
  path: readonly string[],
): string | undefined {
  const ways = WAYS[code];
  if (ways === undefined) return undefined;
  const lines = ways.map((way) => ({ ...way, line: repeatCommand(shown, path, way.flag) }));
  const width = Math.max(...lines.map(({ line }) => line.length));
  const before = beforeChoice(code, details);
  return `Nothing was run. ${before}\n${lines.map(({ line, does }) => `  ${line.padEnd(width)}   # ${does}`).join("\n")}`;
}

function beforeChoice(code: string, details: CairnError["details"]): string {
  if (code === "CHECKPOINT_POISONED") return "Mend the component, which begins its count anew, or choose:";
  const lost = lostNames(details["differences"]);
  if (lost.length === 0) return "Choose:";
  return `A run can only be resumed with all that it completed: put ${lost.join(", ")} back by name, or start anew. Then choose:`;
}

/** Names of completed components that the configuration does not have any more. */
function lostNames(differences: unknown): readonly string[] {
  if (!Array.isArray(differences)) return [];
  return differences.flatMap((each: Partial<ConfigDifference>) =>
    each.lost === true ? [JSON.stringify(each.component)] : [],
  );
}

/** Commands on the location in full: with the program as it is called, and the place that the run looked at. */
function inFull(hint: string | undefined, shown: ShownCommand): string | undefined {
  const checkpoint = shown.given.location("checkpoint");
  const place =
    typeof checkpoint === "string"
      ? ` --location=${shellQuote(shownLocation(checkpoint))}`
      : shown.config === "-"
        ? ""
        : ` --config=${shellQuote(shown.config)}`;
  return hint?.replaceAll(
    CHECKPOINTS_COMMAND,
    (_, command: string) => `\`${shellQuote(shown.program)} ${command}${place}\``,
  );
}
