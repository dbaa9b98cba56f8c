import type { ConfigDifference } from "../api/mod.ts";
import { CairnError } from "../base/mod.ts";
import { changeWays, type WayOut } from "./change-ways.ts";
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

const RETRY = "--retry-poisoned";
const FRESH: WayOut = { flags: ["--fresh"], does: "start anew" };

/** What may be said instead of what was refused, in the order of what is mostly meant. */
function waysOf({ code, details }: CairnError): readonly WayOut[] | undefined {
  if (code === "CHECKPOINT_POISONED") {
    return [{ flags: [RETRY], does: "run it once more all the same" }, FRESH];
  }
  if (code !== "CHECKPOINT_CONFIG_CHANGED" && code !== "CHECKPOINT_CODE_CHANGED") return undefined;
  // It would be refused next, and a command that is offered has to work.
  const more = details["poisoned"] === undefined ? [] : [RETRY];
  const ways = changeWays(differencesOf(details));
  return [...ways.map(({ flags, does }) => ({ flags: [...flags, ...more], does })), FRESH];
}

/** The ready commands after a refusal that a flag lifts. */
function waysOut(error: CairnError, shown: ShownCommand, path: readonly string[]): string | undefined {
  const ways = waysOf(error);
  if (ways === undefined) return undefined;
  const lines = ways.map((way) => ({ ...way, line: repeatCommand(shown, path, ...way.flags) }));
  const width = Math.max(...lines.map(({ line }) => line.length));
  const before = beforeChoice(error);
  return `Nothing was run. ${before}\n${lines.map(({ line, does }) => `  ${line.padEnd(width)}   # ${does}`).join("\n")}`;
}

function beforeChoice({ code, details }: CairnError): string {
  if (code === "CHECKPOINT_POISONED") return "Mend the component, which begins its count anew, or choose:";
  const lost = lostNames(differencesOf(details));
  if (lost.length === 0) return "Choose:";
  return `A run can only be resumed with all that it completed: put ${lost.join(", ")} back by name, or start anew. Then choose:`;
}

/** Names of completed components that the configuration does not have any more. */
function lostNames(differences: readonly Partial<ConfigDifference>[]): readonly string[] {
  return differences.flatMap((each) => (each.lost === true ? [JSON.stringify(each.component)] : []));
}

/** What a refusal says that has changed. */
function differencesOf({ differences }: CairnError["details"]): readonly Partial<ConfigDifference>[] {
  return Array.isArray(differences) ? (differences as readonly Partial<ConfigDifference>[]) : [];
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
