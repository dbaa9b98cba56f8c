import { existsSync, readFileSync } from "node:fs";

/**
 * What components really did, in the order in which it happened: each appends whole lines to one
 * file (O_APPEND), so the file is evidence that does not pass through the runner.
 *
 * `S <component>` began, `E <component>` ended, `s <component> <step>` a step's function began,
 * `e <component> <step>` it ended; `- <n>` is written by the harness before each start.
 */
export interface Effect {
  readonly kind: "S" | "E" | "s" | "e" | "-";
  readonly component: string;
  readonly step: string | undefined;
}

/** The effects so far; a torn last line (its writer was killed) is left out. */
export function readEffects(file: string): Effect[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [kind, component = "", step] = line.split(" ");
      return { kind: kind as Effect["kind"], component, step };
    });
}
