import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Seeded } from "../kit/seed.ts";
import { writeWorkPlugin } from "./work-plugin.ts";

/** One component of a random graph. */
export interface BentComponent {
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly workMs: number;
  readonly steps: number;
  /** Attempts of each run that fail before one goes on. */
  readonly failures: number;
  /** The file without which it fails for good; undefined: it does not. */
  readonly needs: string | undefined;
}

/** A pipeline that bends: a graph with retries, failures that have to be mended, a selection, a budget; its hooks write down ends. */
export interface BentPipeline {
  readonly config: string;
  readonly effects: string;
  /** What hooks were told: see {@link ENDS_HOOK}. */
  readonly ends: string;
  readonly location: string;
  readonly components: readonly BentComponent[];
  /** Names of the components that the runs are about. */
  readonly selected: readonly string[];
  /** The selection as flags of the first start. */
  readonly selection: readonly string[];
  /** Milliseconds that an undisturbed run works, without the runner's own cost, at most. */
  readonly workMs: number;
}

const MAX_COMPONENTS = 14;
const MAX_WORK_MS = 40;

/** Writes a line \`<point> <run ID> <again> <status>\` for each run that begins and each end. */
const ENDS_HOOK = `import { appendFileSync } from "node:fs";
import { defineHooks, v } from "cairn";

export default defineHooks({
  config: v.object({ file: v.string() }),
  open({ file }) {
    const say = (...words) => appendFileSync(file, words.join(" ") + "\\n");
    return {
      beforePipeline: ({ runId }) => say("began", runId, "false", "-"),
      afterPipeline: ({ runId, status, late }) => say("ended", runId, late?.again === true, status),
      onAbandoned: ({ runId, again }) => say("abandoned", runId, again, "-"),
    };
  },
});
`;

function randomComponents(folder: string, random: Seeded): BentComponent[] {
  const count = 2 + random.int(MAX_COMPONENTS - 1);
  const names = Array.from({ length: count }, (_, index) => `c${index}`);
  return names.map((name, index) => ({
    name,
    dependsOn: names.slice(0, index).filter(() => random.int(index + 1) < 2),
    workMs: random.int(MAX_WORK_MS),
    steps: random.int(4) === 0 ? 1 + random.int(3) : 0,
    failures: random.int(4) === 0 ? 1 + random.int(2) : 0,
    needs: random.int(6) === 0 ? join(folder, `mended-${name}`) : undefined,
  }));
}

/** The names that a selection leaves: all, or what `--skip` and `--to` say. */
function randomSelection(
  components: readonly BentComponent[],
  random: Seeded,
): Pick<BentPipeline, "selected" | "selection"> {
  const names = components.map(({ name }) => name);
  const one = random.pick(names);
  switch (random.int(4)) {
    case 0:
      return { selected: names.filter((name) => name !== one), selection: [`--skip=${one}`] };
    case 1: {
      const wanted = new Set([one]);
      for (const { name, dependsOn } of components.toReversed()) {
        if (wanted.has(name)) for (const before of dependsOn) wanted.add(before);
      }
      return { selected: names.filter((name) => wanted.has(name)), selection: [`--to=${one}`] };
    }
    default:
      return { selected: names, selection: [] };
  }
}

function entryOf(component: BentComponent, effects: string): string {
  const { name, dependsOn, workMs, steps, failures, needs } = component;
  const config = [
    `effects = ${JSON.stringify(effects)}, work-ms = ${workMs}, steps = ${steps}, failures = ${failures}`,
    ...(needs === undefined ? [] : [`needs = ${JSON.stringify(needs)}`]),
  ].join(", ");
  return (
    `    { instance-type = "kill.Work", instance-name = "${name}", depends-on = ${JSON.stringify(dependsOn)}, timeout = 5 minutes, ` +
    `instance-config { ${config} } }`
  );
}

/** Writes a random graph with its plugins into `folder`; its checkpoints lie there, too, or at `location`. */
export function writeBentPipeline(
  folder: string,
  random: Seeded,
  location: string = join(folder, "checkpoints"),
): BentPipeline {
  const effects = join(folder, "effects.log");
  const ends = join(folder, "ends.log");
  const components = randomComponents(folder, random);
  writeWorkPlugin(folder);
  writeFileSync(join(folder, "plugins", "kill", "Ends.ts"), ENDS_HOOK);
  const config = join(folder, "pipeline.conf");
  const entries = components.map((component) => entryOf(component, effects));
  writeFileSync(
    config,
    `pipeline {
  pipeline-name = "kill"
  fail-fast = ${random.int(2) === 0}
  max-parallel = ${1 + random.int(4)}
  timeout = 10 minutes
  schema-validation { enabled = true, strict = ${random.int(2) === 0}, fail-on-warning = true }
  circuit-breaker { failure-threshold = 100, reset-timeout-ms = 10 }
  retry-policy { max-retries = ${2 + random.int(2)}, initial-delay-ms = 5, max-delay-ms = 20 }
  checkpoint {
    enabled = true, auto-resume = true, cleanup-on-success = false, max-resumes = ${3 + random.int(4)}
    location = ${JSON.stringify(location)}
  }
  hooks = [{ type = "kill.Ends", file = ${JSON.stringify(ends)} }]
  pipeline-components = [
${entries.join("\n")}
  ]
}
`,
  );
  const workMs = components.reduce((sum, { workMs: ms, failures }) => sum + ms * (failures + 1), 0);
  return { config, effects, ends, location, components, workMs, ...randomSelection(components, random) };
}
