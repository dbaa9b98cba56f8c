import type { Command } from "../context.ts";
import { EXIT } from "../exit.ts";
import { format, locationFlags, plugins } from "../flags.ts";
import { withLocation } from "../open-location.ts";
import { printJson, printText, printWarning } from "../output.ts";
import { visible } from "../style.ts";
import { runIds } from "../positionals.ts";

/** `cairn checkpoints delete`. */
export const deleteCommand: Command = {
  kind: "command",
  name: "delete",
  summary: "Remove checkpoints",
  about: [
    "A removed run can't be resumed any more. One that a live runner holds is refused (exit 5), unless --ignore-lease is given: that runner then stops at its next record.",
  ],
  examples: [{ does: "one run", line: "cairn checkpoints delete 0199c3 --config=daily.conf" }],
  positionals: [runIds],
  flags: [
    ...locationFlags,
    {
      name: "ignore-lease",
      type: "boolean",
      group: "Selection",
      summary: "Also remove what a live runner holds",
    },
    plugins,
    format,
  ],
  exclusive: [["location", "config"]],
  topics: ["checkpoints"],
  async run(context) {
    const { deleteCheckpoint } = await import("../../api/mod.ts");
    const { given, output } = context;
    const warn = (message: string): void => printWarning(output, visible(message));
    return withLocation(context, undefined, async (store) => {
      const deleted: string[] = [];
      for (const runId of given.positionals) {
        const full = await deleteCheckpoint(store, runId, { ignoreLease: given.on("ignore-lease"), warn });
        deleted.push(full);
        if (given.text("format") !== "json" && given.on("quiet") !== true)
          printText(output, `deleted ${visible(full)}`);
      }
      if (given.text("format") === "json") printJson(output, { version: 1, deleted });
      return EXIT.success;
    });
  },
};
