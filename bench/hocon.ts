/**
 * Reading HOCON: one pipeline file of 1,000, 10,000 and 100,000 components, each reading in a process of its own.
 *
 *     bun bench/hocon.ts [--rounds=3] [--modules=DIR]     the table goes to stdout and to bench/results/hocon.md
 *
 * Beside it, where they are there: the reference on the JVM (java, javac and the jar in CONFIG_JAR or the local Maven
 * repository), cold and warm, and npm's parsers out of DIR, by default this project's node_modules. CPU is user and system time of the process.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { noIncludes, readHocon, renderJson } from "../src/hocon/mod.ts";

/** The text of a pipeline with so many components: merges, substitutions, quoted and triple-quoted strings. */
function pipelineText(components: number): string {
  const parts = [
    "defaults { retries = 3, timeout = 30s, tags = [base], opts { compression = zstd, level = 5 } }",
    "env-name = dev",
    "env-name = ${?HOCON_BENCH_UNSET}",
    'root-path = "s3://bucket/"${env-name}',
    "pipeline.pipeline-components = [",
  ];
  for (let i = 0; i < components; i++) {
    parts.push(
      `  \${defaults} { # component ${i}`,
      `    instance-name = "step-${i}"`,
      `    instance-type = com.acme.transform.Step${i % 37}`,
      `    input = \${root-path}"/in/${i}"`,
      `    tags = \${defaults.tags} [t${i % 11}, "x y"]`,
      `    opts { level = ${i % 9}, ratio = 0.${i}, note = """multi\n line ${i}""" }`,
      `    depends-on = [step-${Math.max(0, i - 1)}]`,
      "  }",
    );
  }
  return [...parts, "]", ""].join("\n");
}

/** What one reading cost; times in milliseconds. */
interface Cost {
  readonly cpu: number;
  readonly wall: number;
  /** Largest resident size, in megabytes. */
  readonly memory: number;
}

function run(command: readonly string[]): Cost | undefined {
  const start = performance.now();
  const { success, resourceUsage } = Bun.spawnSync([...command], {
    stdout: "ignore",
    stderr: "ignore",
    timeout: 120_000,
  });
  if (!success) return undefined;
  const cpu = Number(resourceUsage.cpuTime.total) / 1e3;
  return { cpu, wall: performance.now() - start, memory: resourceUsage.maxRSS / 1e6 };
}

/** The cheapest of some rounds by CPU, which is the one least disturbed. */
function best(rounds: number, command: readonly string[]): Cost | undefined {
  const costs = Array.from({ length: rounds }, () => run(command));
  return costs.reduce((a, b) => (a && b && b.cpu < a.cpu ? b : (a ?? b)));
}

function row(name: string, size: string, cost: Cost | undefined): string {
  if (!cost) return `| ${name} | ${size} | fails | | |`;
  return `| ${name} | ${size} | ${cost.cpu.toFixed(0)} ms | ${cost.wall.toFixed(0)} ms | ${cost.memory.toFixed(0)} MB |`;
}

/** The reference, compiled into a folder; undefined where there is no Java or no jar. */
function compiledReference(folder: string): readonly string[] | undefined {
  const standard = join(homedir(), ".m2/repository/com/typesafe/config/1.4.5/config-1.4.5.jar");
  const jar = process.env["CONFIG_JAR"] ?? standard;
  if (!existsSync(jar) || !Bun.which("javac")) return undefined;
  const source = join(import.meta.dir, "../scripts/hocon/Reference.java");
  const { success } = Bun.spawnSync(["javac", "-cp", jar, "-d", folder, source]);
  return success ? ["java", "-XX:+UseSerialGC", "-Xmx2g", "-cp", `${jar}:${folder}`, "Reference"] : undefined;
}

/** Parsing and resolving in a warm JVM, as `parse + resolve` in milliseconds. */
function warmReference(command: readonly string[], file: string): string {
  const { stdout } = Bun.spawnSync([...command, "--bench", file], { stderr: "ignore", timeout: 120_000 });
  const last = stdout.toString().trim().split("\n").at(-1)?.split(" ") ?? [];
  return `| reference, warm | 10,000 | | ${last.join(" + ")} ms | |`;
}

/** One line each for those of npm's parsers that stand in a folder of modules, each in a process of its own. */
function npmRows(modules: string, folder: string, file: string): string[] {
  const calls: Readonly<Record<string, string>> = {
    "hocon-parser": "(parser.default ?? parser)(text)",
    "@pushcorn/hocon-parser": "parser.parse({ text }).catch(() => process.exit(1))",
  };
  const there = Object.entries(calls).filter(([name]) => existsSync(join(modules, name)));
  return there.map(([name, call]) => {
    const path = join(folder, `${name.replaceAll("/", "-")}.cjs`);
    const parser = `const parser = require(${JSON.stringify(join(modules, name))})`;
    const text = `const text = require("fs").readFileSync(${JSON.stringify(file)}, "utf8")`;
    writeFileSync(path, `${parser};\n${text};\n${call};\n`);
    return row(`npm ${name}`, "10,000", run([process.execPath, path]));
  });
}

function measure(rounds: number, modules: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "hocon-bench-"));
  const rows: string[] = [];
  const files = new Map(
    [1_000, 10_000, 100_000].map((size) => [size, join(folder, `p${size}.conf`)] as const),
  );
  for (const [size, file] of files) {
    writeFileSync(file, pipelineText(size));
    rows.push(
      row(
        "cairn",
        size.toLocaleString("en"),
        best(rounds, [process.execPath, import.meta.path, "--read", file]),
      ),
    );
  }
  const file = files.get(10_000) ?? "";
  rows.push(row("empty process", "0", best(rounds, [process.execPath, "-e", "0"])));
  const reference = compiledReference(folder);
  if (reference) {
    const shell = ["sh", "-c", `echo ${file} | exec ${reference.join(" ")}`];
    rows.push(row("reference, cold", "10,000", best(rounds, shell)), warmReference(reference, file));
  }
  rows.push(...npmRows(modules, folder, file));
  rmSync(folder, { recursive: true });
  return rows;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    modules: { type: "string", default: join(import.meta.dir, "../node_modules") },
    read: { type: "string" },
  },
});
if (values.read !== undefined) {
  const { root } = readHocon({
    text: readFileSync(values.read),
    file: values.read,
    includes: noIncludes,
    env: {},
  });
  // Looks at every value, as a validation would.
  process.exitCode = root && renderJson(root).length > 0 ? 0 : 1;
} else {
  const before = loadavg()[0]?.toFixed(1);
  const rows = measure(Number(values.rounds), values.modules);
  const text = [
    "# Reading HOCON",
    "",
    "Made by `bun bench/hocon.ts`: each reading in a process of its own, its start included; the cheapest of some rounds.",
    "",
    "| parser | components | CPU | wall | memory |",
    "|---|---|---|---|---|",
    ...rows,
    "",
    `Load average ${before} before.`,
    "",
  ].join("\n");
  process.stdout.write(text);
  writeFileSync(join(import.meta.dir, "results/hocon.md"), text);
}
