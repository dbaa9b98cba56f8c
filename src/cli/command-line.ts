import { basename } from "node:path";
import type { ShownOverride } from "../api/mod.ts";
import type { Given } from "./given.ts";
import { shellLine } from "./shell-quote.ts";

/** Flags whose values matter for how components run, in the order in which a command shows them. */
const KEPT_TEXT = ["env-file", "isolation", "metrics", "audit", "log-file"] as const;
const KEPT_SWITCHES = ["allow-url-includes", "cleanup-on-success"] as const;
const KEPT_SPANS = ["timeout", "grace"] as const;
/** Remembered by a run, so that only a repeated command says them again. */
const SELECTIONS = ["from", "to", "only", "skip"] as const;
/** Never remembered: each of them lifts one refusal, and a command that lifts another needs them still. */
const CHOICES = ["on-config-change", "on-code-change"] as const;

/** What stands where a secret stood; whoever copies the command has to fill it in. */
const ELLIPSIS = "…";

/**
 * How this program is called: `cairn` where that finds it on the PATH (and for sources, which are not called by
 * name), else the path of the executable, so that a printed command can be copied as it is.
 */
export function programName(executable: string, env: Readonly<Record<string, string | undefined>>): string {
  if (basename(executable).startsWith("bun")) return "cairn";
  return Bun.which("cairn", { PATH: env["PATH"] ?? "" }) === executable ? "cairn" : executable;
}

function setWord({ path, value, secret }: ShownOverride): string {
  return `--set=${path}=${secret ? ELLIPSIS : value}`;
}

/** What a shown command is made of. */
export interface ShownCommand {
  readonly program: string;
  readonly config: string;
  readonly given: Given;
  readonly sets: readonly ShownOverride[];
}

/** A location as a command shows it: a password in it as `…`. */
export function shownLocation(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^\s/?#@:]*:)[^\s/?#]*@/iu, `$1${ELLIPSIS}@`);
}

/** Flags as they were given on the command line (variables are still set when the command is copied). */
function keptFlags(given: Given): string[] {
  const words: string[] = [];
  const checkpoint = given.onLine("checkpoint") ? given.location("checkpoint") : undefined;
  if (typeof checkpoint === "string") words.push(`--checkpoint=${shownLocation(checkpoint)}`);
  if (given.onLine("plugins")) words.push(...given.list("plugins").map((folder) => `--plugins=${folder}`));
  for (const name of KEPT_SWITCHES) {
    if (given.onLine(name)) words.push(given.on(name) === true ? `--${name}` : `--no-${name}`);
  }
  if (given.onLine("max-parallel")) words.push(`--max-parallel=${given.number("max-parallel")}`);
  for (const name of KEPT_SPANS) if (given.onLine(name)) words.push(`--${name}=${given.number(name)}ms`);
  for (const name of KEPT_TEXT) if (given.onLine(name)) words.push(`--${name}=${given.text(name)}`);
  return words;
}

function head(shown: ShownCommand): string[] {
  const folder = shown.given.onLine("directory") ? shown.given.text("directory") : undefined;
  return folder === undefined ? [shown.program] : [shown.program, "-C", folder];
}

/** A name that begins with a dash would be read as a flag. */
function positional(text: string): string {
  return text.startsWith("-") && text !== "-" ? `./${text}` : text;
}

/**
 * The command that resumes a run: what the run remembers (`--set`, `--no-fail-fast`, its key) need not be said
 * again, but for values of secrets.
 */
export function resumeCommand(shown: ShownCommand, runId: string, flags: readonly string[] = []): string {
  const secrets = shown.sets.filter(({ secret }) => secret);
  return shellLine([
    ...head(shown),
    "resume",
    positional(shown.config),
    runId,
    ...flags,
    ...keptFlags(shown.given),
    ...secrets.map(setWord),
  ]);
}

/** What was said of changes and poisoned components, but for what the new flags say otherwise. */
function keptChoices(given: Given, flags: readonly string[]): string[] {
  const words = CHOICES.filter(
    (name) => given.onLine(name) && !flags.some((flag) => flag.startsWith(`--${name}=`)),
  ).map((name) => `--${name}=${given.text(name)}`);
  const again = "--retry-poisoned";
  if (given.onLine("retry-poisoned") && given.on("retry-poisoned") === true && !flags.includes(again)) {
    words.push(again);
  }
  return words;
}

/** The command that was given, with more flags: for the ways out of a refusal. */
export function repeatCommand(
  shown: ShownCommand,
  path: readonly string[],
  ...flags: readonly string[]
): string {
  const isFresh = flags.includes("--fresh");
  const { given } = shown;
  const isResume = path[0] === "resume";
  const resume = isResume ? given.positionals[1] : given.text("resume");
  const start: string[] = [];
  if (isFresh) start.push("run", positional(shown.config));
  else if (resume !== undefined) start.push("resume", positional(shown.config), resume);
  else {
    start.push("run", positional(shown.config));
    if (!isResume && given.onLine("auto-resume") && given.on("auto-resume") === true)
      start.push("--auto-resume");
  }
  if (
    given.location("checkpoint") === true ||
    (isFresh && resume !== undefined && !given.has("checkpoint"))
  ) {
    start.push("--checkpoint");
  }
  if (!isResume) {
    if (given.onLine("run-key")) start.push(`--run-key=${given.text("run-key")}`);
    if (given.onLine("run-id")) start.push(`--run-id=${given.text("run-id")}`);
  }
  for (const way of SELECTIONS) {
    if (given.onLine(way)) start.push(...given.list(way).map((name) => `--${way}=${name}`));
  }
  if (given.onLine("fail-fast"))
    start.push(given.on("fail-fast") === true ? "--fail-fast" : "--no-fail-fast");
  const choices = isFresh ? [] : keptChoices(given, flags);
  return shellLine([
    ...head(shown),
    ...start,
    ...choices,
    ...flags,
    ...keptFlags(given),
    ...shown.sets.map(setWord),
  ]);
}
