import type { Command } from "../context.ts";
import { EXIT } from "../exit.ts";
import { format, locationFlags, plugins } from "../flags.ts";
import { withLocation } from "../open-location.ts";
import { printJson, printText } from "../output.ts";
import { visible } from "../style.ts";
import { runIds } from "../positionals.ts";

/** `cairn checkpoints verify`. */
export const verify: Command = {
  kind: "command",
  name: "verify",
  summary: "Check the chain of records of checkpoints",
  about: [
    "Each record carries the SHA-256 of the one before: a changed, missing or foreign record shows. Nothing is written. Exit 0 where all is sound, else 1.",
  ],
  examples: [{ does: "the last run", line: "cairn checkpoints verify latest --config=daily.conf" }],
  positionals: [runIds],
  flags: [...locationFlags, plugins, format],
  exclusive: [["location", "config"]],
  topics: ["checkpoints"],
  async run(context) {
    const { verifyCheckpoint } = await import("../../api/mod.ts");
    const { given, output } = context;
    return withLocation(context, undefined, async (store) => {
      const all = [];
      for (const runId of given.positionals) all.push(await verifyCheckpoint(store, runId));
      const sound = all.every((each) => each.sound);
      if (given.text("format") === "json") {
        printJson(output, { version: 1, sound, checkpoints: all.map((each) => ({ ...each })) });
      } else if (!sound || given.on("quiet") !== true) {
        for (const each of all) {
          const verdict = each.sound ? output.style.green("sound") : output.style.red("broken");
          printText(output, `${visible(each.runId)}: ${verdict}, ${each.records} records`);
          for (const problem of each.problems) printText(output, `  ${visible(problem)}`);
        }
      }
      return sound ? EXIT.success : EXIT.failed;
    });
  },
};
