import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TempDir } from "../../kit/mod.ts";

const FIXTURES = join(import.meta.dir, "fixtures");

/** A recorded log, without the line that names its source. */
export function fixture(name: string): string {
  const [source = "", ...lines] = readFileSync(join(FIXTURES, `${name}.txt`), "utf8").split("\n");
  if (!source.startsWith("# ")) throw new Error(`${name} names no source`);
  return lines.join("\n");
}

/**
 * What stands for spark-submit: it replays recorded logs and counts. It proves how logs are read and what is put on
 * record, not how a cluster answers.
 */
export interface FakeSubmit {
  readonly path: string;
  /** How often it was to submit. */
  starts(): number;
  /** All its argument lists, one a line. */
  calls(): string;
  /** What the last properties file held. */
  conf(): string;
}

const SCRIPT = `#!/bin/sh
cd "$(dirname "$0")"
echo "$*" >>calls
case "$*" in
  *--status*) cat status; exit 0 ;;
  *--kill*) cp killed status; exit 0 ;;
esac
previous=
for each; do
  [ "$previous" = --properties-file ] && cat "$each" >conf
  previous=$each
done
printf x >>starts
cat log >&2
while [ -e hold ]; do sleep 0.05; done
[ -e rest ] && cat rest >&2
exit "$(cat code)"
`;

export interface FakeOptions {
  /** What it prints, and what more once \`hold\` is gone. */
  readonly log: string;
  readonly rest?: string;
  readonly code?: number;
  /** Waits until the file \`fake/hold\` is gone. */
  readonly hold?: boolean;
  /** The answer to --status, and the one after --kill. */
  readonly status?: string;
  readonly killed?: string;
}

export function fakeSubmit(dir: TempDir, options: FakeOptions): FakeSubmit {
  const path = dir.write("fake/spark-submit", SCRIPT, 0o755);
  dir.write("fake/log", options.log);
  if (options.rest !== undefined) dir.write("fake/rest", options.rest);
  if (options.hold === true) dir.write("fake/hold", "");
  dir.write("fake/code", String(options.code ?? 0));
  dir.write("fake/status", options.status ?? "");
  dir.write("fake/killed", options.killed ?? options.status ?? "");
  dir.write("fake/starts", "");
  return {
    path,
    starts: () => dir.read("fake/starts").length,
    calls: () => dir.read("fake/calls"),
    conf: () => dir.read("fake/conf"),
  };
}
