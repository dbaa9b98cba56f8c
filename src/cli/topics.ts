import { type Definition, type FlagDefinition, variableOf } from "./definition.ts";
import { EXIT_MEANINGS } from "./exit.ts";
import { generalFlags } from "./flags.ts";

/** A page of `cairn help TOPIC` that belongs to no single command. */
export interface Topic {
  readonly name: string;
  readonly summary: string;
  /** Paragraphs, and examples as lines that start with two spaces, or two columns. */
  body(definitions: readonly Definition<never>[]): readonly TopicPart[];
}

export type TopicPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "lines"; readonly lines: readonly string[] }
  | { readonly kind: "terms"; readonly rows: readonly { readonly term: string; readonly text: string }[] };

const text = (words: string): TopicPart => ({ kind: "text", text: words });
const lines = (...all: readonly string[]): TopicPart => ({ kind: "lines", lines: all });

const exitCodes: Topic = {
  name: "exit-codes",
  summary: "What each exit code means and what to do then",
  body: () => [
    text("A program that starts cairn needs nothing but its exit code:"),
    {
      kind: "terms",
      rows: EXIT_MEANINGS.map(({ code, meaning, todo }) => ({
        term: code,
        text: todo === "nothing" ? `${meaning}.` : `${meaning}. To do: ${todo}.`,
      })),
    },
    text(
      "For a shell: codes 1, 3, 6, 9 and those of signals leave a checkpoint that a repeat resumes; 2, 4, 7 and 8 want a change first; 5 only wants patience.",
    ),
  ],
};

const resume: Topic = {
  name: "resume",
  summary: "How a run goes on where the last one stopped, and what may have changed in between",
  body: () => [
    text(
      "With checkpointing on, each component's completion is durable before anybody hears of it. Whatever ends a run (a failure, SIGKILL, a lost machine), a later one can take over what was completed.",
    ),
    lines(
      "cairn run daily.conf --auto-resume           # the last run, if it did not complete; else a new one",
      "cairn resume daily.conf 0199c3               # that run; a unique prefix of its ID will do",
      "cairn resume daily.conf latest               # the last run of this pipeline",
      "cairn run daily.conf --fresh                 # a new run; the unfinished one is retired",
      "cairn plan daily.conf --auto-resume          # what would run and what would be restored, and why",
    ),
    text(
      "A component that did not complete may change freely: mend it and resume. Where the configuration of a completed one changed, cairn stops with exit 4, shows the difference and three commands: --on-config-change=rerun (it and all that follows run again), =accept (it stays as it is), --fresh (everything anew).",
    ),
    text(
      "--run-key names the logical run, for instance a date. With --auto-resume a key that has completed is not run again: exit 0, nothing to do. Options given to the first run (--set, --no-fail-fast …) are remembered and need not be given again; values of secrets are not, and the printed command shows … for them.",
    ),
  ],
};

const checkpoints: Topic = {
  name: "checkpoints",
  summary: "Where checkpoints lie, how to look at them, when they go away",
  body: () => [
    text(
      "A checkpoint is an append-only journal at the checkpoint location: `checkpoint.location` in the configuration, or --checkpoint=LOCATION. A location is a path or file:///path; a relative one counts from the configuration file's folder, in a flag from the working directory. Without one it lies in your own folder in the system's temp folder, which is not for production.",
    ),
    lines(
      "cairn checkpoints list daily.conf            # all runs of that pipeline",
      "cairn checkpoints list --location=/data/cp --resumable",
      "cairn checkpoints show 0199c3 --config=daily.conf",
      "cairn checkpoints verify 0199c3              # its chain of records, checked",
      "cairn checkpoints prune --older-than=30d -n  # what would go",
    ),
    text(
      "After a success the checkpoint is removed (`cleanup-on-success`, --no-cleanup-on-success keeps it). A run that is alive holds its checkpoint; a second one gets exit 5 and the holder's name, or waits (--if-held=wait), or leaves (--if-held=skip). A dead holder needs no unlocking.",
    ),
  ],
};

const plugins: Topic = {
  name: "plugins",
  summary: "Where components come from, and how a type finds its file",
  body: () => [
    text(
      "An instance-type a.b.C is looked for in each plugin folder as a/b/C.ts (.js, .mjs), a.b.C.ts, a/b/C/index.ts, as a component in any language (a/b/C.py, a/b/C.sh, a program a/b/C with the run bit), then as the export C of a/b.ts. The folders, in this order: --plugins, CAIRN_PLUGINS, the configuration's `plugins`, `plugins/` beside the configuration, `plugins/` beside the executable.",
    ),
    lines(
      'import { defineComponent, v } from "cairn";',
      "",
      "export default defineComponent({",
      "  config: v.object({ sourcePath: v.string() }),",
      "  async run({ config, log }) {",
      "    log.info(`reading ${config.sourcePath}`);",
      "    return { rows: 42 };",
      "  },",
      "});",
    ),
    text(
      "`cairn` answers that import itself. A plugin may have its own package.json and node_modules beside it.",
    ),
    lines(
      "cairn plugins list daily.conf                # what its types resolve to",
      "cairn plugins show com.example.Extract       # its configuration, with defaults",
      "cairn plugins check daily.conf               # load them all",
    ),
  ],
};

const configuration: Topic = {
  name: "configuration",
  summary: "The pipeline file, and what overrides it",
  body: () => [
    text("A pipeline is a HOCON file: JSON with comments, substitutions and includes."),
    lines(
      "pipeline {",
      '  pipeline-name = "Daily ETL"',
      '  checkpoint { enabled = true, location = "/data/checkpoints", auto-resume = true }',
      "  pipeline-components = [",
      '    { instance-type = "com.example.Extract", instance-name = "Extract(orders)",',
      '      instance-config { source-path = "/in", day = ${?DAY} } }',
      "  ]",
      "}",
    ),
    text(
      "What wins: a flag, then its CAIRN_… variable, then the file. --set PATH=VALUE overrides any value of the file; VALUE is HOCON, so a text with spaces or signs is quoted: --set 'day=\"2026-11-23\"'. ${NAME} falls back to the environment and to --env-file.",
    ),
    lines(
      "cairn validate daily.conf                    # every finding at once, with its place",
      "cairn config show daily.conf --origins       # every value and where it comes from",
      "cairn config explain daily.conf pipeline.checkpoint.location",
    ),
  ],
};

/** All flags with a variable: the general ones, then the commands' in order, each variable once. */
function flagsWithVariables(definitions: readonly Definition<never>[]): FlagDefinition[] {
  const commands = definitions.flatMap((each) => (each.kind === "group" ? each.commands : [each]));
  const byVariable = new Map<string, FlagDefinition>();
  for (const flag of [...commands.flatMap((command) => command.flags), ...generalFlags]) {
    const variable = variableOf(flag);
    if (variable !== undefined && !byVariable.has(variable)) byVariable.set(variable, flag);
  }
  return [...byVariable.values()];
}

const environment: Topic = {
  name: "environment",
  summary: "The variable of every flag",
  body: (definitions) => [
    text(
      "Every flag has a variable. The flag wins over its variable, the variable over the configuration; an empty variable counts as not set. Booleans are true or false. Of repeatable flags CAIRN_PLUGINS is separated as PATH is and comes after the flags' folders; CAIRN_SET has one PATH=VALUE a line and is overridden by the flags'; the others have one value a line.",
    ),
    {
      kind: "terms",
      rows: flagsWithVariables(definitions).map((flag) => ({
        term: variableOf(flag) ?? "",
        text: `--${flag.name}: ${flag.summary}`,
      })),
    },
    text("NO_COLOR (set, not empty) turns colours off where --color does not say otherwise."),
  ],
};

/** The topics of `cairn help TOPIC`. */
export const topics: readonly Topic[] = [exitCodes, resume, checkpoints, plugins, configuration, environment];
