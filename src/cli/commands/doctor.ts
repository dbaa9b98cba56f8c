import type { DoctorReport } from "../../api/mod.ts";
import type { Command } from "../context.ts";
import { EXIT } from "../exit.ts";
import { format, locationFlags, plugins } from "../flags.ts";
import { configOfLocation } from "../open-location.ts";
import { type Output, printJson, printText } from "../output.ts";
import { visible } from "../style.ts";

/** `cairn doctor`. */
export const doctor: Command = {
  kind: "command",
  name: "doctor",
  summary: "Prove what checkpoints rest on at a location, and measure it",
  about: [
    "Several processes race for new logs and for the numbers of one log: each must be given once. What one has written another one must read and list at once. Then clock offset, latency, permissions, free space, plugin folders, and the engines under components: the Spark Connect server of the configuration, spark-submit, DuckDB. Some servers ignore the conditions of a write and answer that it was done; nothing but a race shows it.",
    "It writes below a name of its own and removes that again; pipelines that run there are not disturbed. Exit 0 where nothing is found, 1 with findings, 2 where the location or configuration is wrong.",
  ],
  examples: [
    { does: "before the first run on a new store", line: "cairn doctor --location=s3a://lake/checkpoints" },
    { does: "the location and settings of a pipeline", line: "cairn doctor --config=daily.conf" },
    { does: "for a program", line: "cairn doctor --config=daily.conf --format=json" },
  ],
  positionals: [],
  flags: [...locationFlags, plugins, format],
  exclusive: [["location", "config"]],
  topics: ["checkpoints", "exit-codes"],
  async run(context) {
    const { examine } = await import("../../api/mod.ts");
    const { given, output, cwd, env } = context;
    const config = configOfLocation(context);
    const speaks = given.on("verbose") === true;
    const report = await examine({
      location: config !== undefined && !given.onLine("location") ? undefined : given.text("location"),
      config,
      cwd,
      env,
      plugins: given.list("plugins"),
      onCheck: (name) => {
        if (speaks) output.err.write(`checking ${name}\n`);
      },
    });
    if (given.text("format") === "json") printJson(output, report);
    else if (!report.sound || given.on("quiet") !== true) printReport(output, report);
    return report.sound ? EXIT.success : EXIT.failed;
  },
};

function printReport(output: Output, report: DoctorReport): void {
  const { style } = output;
  const paint = { ok: style.green, finding: style.red, skipped: style.dim };
  const width = Math.max(...report.checks.map(({ name }) => name.length));
  for (const { name, status, summary } of report.checks) {
    printText(
      output,
      `${paint[status](status.padEnd("finding".length))}  ${name.padEnd(width)}  ${visible(summary)}`,
    );
  }
  for (const { check, severity, code, message, hint } of report.findings) {
    const word = severity === "error" ? style.red("error:") : style.yellow("warning:");
    printText(output, `${word} ${check}: ${visible(message)} ${style.dim(`[${code}]`)}`);
    if (hint !== undefined) printText(output, `  ${style.cyan("hint:")} ${visible(hint)}`);
  }
  const count = report.findings.length;
  printText(output, report.sound ? "nothing found" : `${count} finding${count === 1 ? "" : "s"}`);
}
