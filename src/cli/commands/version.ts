import { version as cairnVersion } from "../../base/mod.ts";
import type { Command } from "../context.ts";
import { EXIT } from "../exit.ts";
import { format } from "../flags.ts";
import { printJson, printText } from "../output.ts";

/** `cairn version`. */
export const version: Command = {
  kind: "command",
  name: "version",
  summary: "Show the version",
  about: ["The version of Cairn, of the Bun inside, and the platform it was built for."],
  examples: [],
  positionals: [],
  flags: [format],
  run(context) {
    const facts = { cairn: cairnVersion, bun: Bun.version, platform: process.platform, arch: process.arch };
    if (context.given.text("format") === "json") printJson(context.output, { version: 1, ...facts });
    else
      printText(context.output, `cairn ${facts.cairn} (Bun ${facts.bun}, ${facts.platform} ${facts.arch})`);
    return EXIT.success;
  },
};
