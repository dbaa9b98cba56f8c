import { findingsToGithub, findingsToJson, findingsToJunit, findingsToText } from "../../base/mod.ts";
import type { Validation } from "../../api/mod.ts";
import { type Command, type CommandContext, loadOptions } from "../context.ts";
import { EXIT } from "../exit.ts";
import { configFlags, plugins } from "../flags.ts";
import { type Output, printJson, printText } from "../output.ts";
import { visible } from "../style.ts";

/** Words of `--format`. */
const FORMATS = ["text", "json", "github", "junit"] as const;

/** `cairn validate`. */
export const validate: Command = {
  kind: "command",
  name: "validate",
  summary: "Check pipeline files: syntax, keys, types, plugins, each component's configuration",
  about: [
    "All phases run as far as they can and all findings are reported together, each with file:line:column, the source line and a hint. Plugins are imported, in a worker process, to check each component's configuration against its schema.",
    "Exit 0 where no finding is an error, else 2.",
  ],
  examples: [
    { does: "on every pull request", line: "cairn validate conf/*.conf" },
    { does: "as annotations of GitHub Actions", line: "cairn validate --format=github conf/*.conf" },
    { does: "without the environment of production", line: "cairn validate --allow-unset-env daily.conf" },
  ],
  positionals: [
    {
      name: "CONFIG",
      summary: "Pipeline files; `-` is standard input",
      required: true,
      many: true,
      completes: "file",
    },
  ],
  flags: [
    {
      name: "format",
      type: "choice",
      choices: FORMATS,
      group: "Output",
      summary:
        "How findings are printed on standard output: for people, as JSON, as annotations, as JUnit XML",
      fallback: "text",
      variable: "CAIRN_VALIDATE_FORMAT",
    },
    {
      name: "no-plugins",
      type: "boolean",
      negatable: false,
      group: "Configuration and plugins",
      summary: "Import no plugin: check everything but instance-types and components' own configurations",
    },
    {
      name: "allow-unset-env",
      type: "boolean",
      group: "Configuration and plugins",
      summary: "Pass over values whose `${NAME}` is not set here",
    },
    {
      name: "resources",
      type: "boolean",
      group: "Configuration and plugins",
      summary:
        "Also reach the checkpoint location (is it readable and writable, does it heed conditional writes) and the Spark Connect server",
    },
    plugins,
    ...configFlags,
  ],
  topics: ["configuration", "plugins"],
  async run(context) {
    const { validateFiles } = await import("../../api/mod.ts");
    const { given } = context;
    const files = given.positionals;
    const result = await validateFiles(files, {
      ...(await loadOptions(context, files.includes("-") ? "-" : "")),
      plugins: given.list("plugins"),
      loadPlugins: given.on("no-plugins") !== true,
      allowUnsetEnv: given.on("allow-unset-env"),
      resources: given.on("resources"),
    });
    print(context, result);
    return result.valid ? EXIT.success : EXIT.usage;
  },
};

function print(context: CommandContext, result: Validation): void {
  const { output, given } = context;
  const format = given.choice("format", FORMATS) ?? "text";
  const findings = result.files.flatMap((file) => file.findings);
  switch (format) {
    case "text":
      return printForPeople(output, result, given.on("quiet") === true);
    case "github":
      return output.out.write(findingsToGithub(findings));
    case "junit":
      return output.out.write(
        findingsToJunit(
          result.files.map(({ file }) => file),
          findings,
        ),
      );
    case "json":
      return printJson(output, {
        version: result.version,
        valid: result.valid,
        files: result.files.map((file) => ({
          file: file.file,
          valid: file.valid,
          findings: findingsToJson(file.findings),
        })),
      });
  }
}

function printForPeople(output: Output, result: Validation, quiet: boolean): void {
  const { style } = output;
  const findings = result.files.flatMap((file) => file.findings);
  const shown = quiet && result.valid ? [] : findings;
  if (shown.length > 0) printText(output, findingsToText(shown, { color: style.enabled }));
  if (quiet) return;
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  for (const file of result.files.filter((each) => each.valid))
    printText(output, `${visible(file.file)}: ${style.green("valid")}`);
  if (findings.length > 0) printText(output, `${count(errors, "error")}, ${count(warnings, "warning")}`);
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}
