import { type Command, loadOptions } from "../context.ts";
import { EXIT } from "../exit.ts";
import { configFlags } from "../flags.ts";
import { printText } from "../output.ts";

/** Words of `--format`. */
const FORMATS = ["json", "hocon"] as const;

/** `cairn hocon`. */
export const hocon: Command = {
  kind: "command",
  name: "hocon",
  summary: "Resolve any HOCON file and print it as JSON or HOCON",
  about: [
    "No schema and no redaction: what the file says is printed, secrets too. Meant for other tools' HOCON files and for scripts; `cairn config show` is for pipelines.",
  ],
  examples: [
    { does: "for jq", line: "cairn hocon application.conf | jq .server.port" },
    { does: "with a value overridden", line: "cairn hocon application.conf --set server.port=8080" },
  ],
  positionals: [
    { name: "FILE", summary: "A HOCON file, or `-` for standard input", required: true, completes: "file" },
  ],
  flags: [
    {
      name: "format",
      type: "choice",
      choices: FORMATS,
      group: "Output",
      summary: "What is printed",
      fallback: "json",
      variable: "CAIRN_HOCON_FORMAT",
    },
    ...configFlags,
  ],
  async run(context) {
    const { readHoconFile } = await import("../../api/mod.ts");
    const [file = ""] = context.given.positionals;
    const format = context.given.choice("format", FORMATS);
    printText(context.output, await readHoconFile(file, { ...(await loadOptions(context, file)), format }));
    return EXIT.success;
  },
};
