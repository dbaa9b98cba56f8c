import { resolve } from "node:path";
import type { Command } from "../context.ts";
import { EXIT } from "../exit.ts";
import { printText } from "../output.ts";
import { shellQuote } from "../shell-quote.ts";
import { visible } from "../style.ts";

/** `cairn init`. */
export const init: Command = {
  kind: "command",
  name: "init",
  summary: "Write the smallest pipeline, plugin and test that run",
  about: ["Three files in DIR (default: the working directory). Nothing is overwritten."],
  examples: [{ does: "a new folder", line: "cairn init orders && cd orders && cairn run pipeline.conf" }],
  positionals: [
    {
      name: "DIR",
      summary: "The folder; it is made where it is missing",
      required: false,
      completes: "folder",
    },
  ],
  flags: [],
  async run({ given, cwd, output }) {
    const { initProject } = await import("../../api/mod.ts");
    const [folder = "."] = given.positionals;
    const files = initProject(resolve(cwd, folder));
    const enter = folder === "." ? "" : `cd ${shellQuote(folder)} && `;
    const lines = [
      ...files.map((file) => `wrote ${visible(file)}`),
      "",
      `Run it: ${enter}cairn run pipeline.conf`,
    ];
    printText(output, lines.join("\n"));
    return EXIT.success;
  },
};
