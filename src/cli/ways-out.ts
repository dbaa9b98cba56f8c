import { CairnError } from "../base/mod.ts";
import { repeatCommand, type ShownCommand } from "./command-line.ts";
import { shellQuote } from "./shell-quote.ts";

/** Commands that hints of lower rooms name without a location, because they don't know the command line. */
const CHECKPOINTS_COMMAND = /"cairn (checkpoints (?:show|delete|list|verify)[^"]*)"/gu;

/** The same error with hints that can be copied: commands of ours in full, for a refusal the three ways out. */
export function withWaysOut(thrown: unknown, shown: ShownCommand, path: readonly string[]): unknown {
  if (!(thrown instanceof CairnError)) return thrown;
  const { message, code, kind, findings, details } = thrown;
  const hint = waysOut(thrown, shown, path) ?? inFull(thrown.hint, shown);
  if (hint === thrown.hint) return thrown;
  return new CairnError(message, { code, kind, hint, findings, details, cause: thrown.cause });
}

/** The three ready commands after a refusal because of changes. */
function waysOut({ code }: CairnError, shown: ShownCommand, path: readonly string[]): string | undefined {
  const what = { CHECKPOINT_CONFIG_CHANGED: "config", CHECKPOINT_CODE_CHANGED: "code" }[code];
  if (what === undefined) return undefined;
  const keep = what === "config" ? "--on-config-change=accept" : "--on-code-change=warn";
  const ways = [
    { flag: `--on-${what}-change=rerun`, does: "run it, and everything later or dependent, again" },
    { flag: keep, does: "keep what it did" },
    { flag: "--fresh", does: "start anew" },
  ];
  const lines = ways.map((way) => ({ ...way, line: repeatCommand(shown, path, way.flag) }));
  const width = Math.max(...lines.map(({ line }) => line.length));
  return `Nothing was run. Choose:\n${lines.map(({ line, does }) => `  ${line.padEnd(width)}   # ${does}`).join("\n")}`;
}

/** Commands on the location in full: with the program as it is called, and the place that the run looked at. */
function inFull(hint: string | undefined, shown: ShownCommand): string | undefined {
  const checkpoint = shown.given.location("checkpoint");
  const place =
    typeof checkpoint === "string"
      ? ` --location=${shellQuote(checkpoint)}`
      : shown.config === "-"
        ? ""
        : ` --config=${shellQuote(shown.config)}`;
  return hint?.replaceAll(
    CHECKPOINTS_COMMAND,
    (_, command: string) => `\`${shellQuote(shown.program)} ${command}${place}\``,
  );
}
