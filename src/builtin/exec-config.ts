import * as v from "valibot";
import { isSecretReference } from "../base/mod.ts";
import { durationSetting } from "../config/mod.ts";

/** EX_TEMPFAIL of sysexits.h: "try again later". */
const EX_TEMPFAIL = 75;

const LARGEST_EXIT_CODE = 255;

const text = v.pipe(
  v.string(),
  v.check((value) => !value.includes("\0"), "must not hold NUL"),
);
const path = v.pipe(text, v.nonEmpty("must not be empty"));
const exitCode = v.pipe(
  v.number(),
  v.integer("must be a whole number"),
  v.minValue(0, "must be at least 0"),
  v.maxValue(LARGEST_EXIT_CODE, `must be at most ${LARGEST_EXIT_CODE}`),
);
const variable = v.pipe(text, v.regex(/^[^=]+$/u, "is no name of a variable"));

/** All users of a machine can read the arguments of its processes. */
const NO_SECRETS =
  "holds a secret, which every user of the machine could read in the process list: give it in env or as stdin";

const argv = v.pipe(
  v.array(text),
  v.check((given) => !given.some(isSecretReference), NO_SECRETS),
  v.check((given) => (given[0] ?? "") !== "", "needs the program as its first item"),
);
const script = v.pipe(
  text,
  v.check((given) => !isSecretReference(given), NO_SECRETS),
  v.nonEmpty("must not be empty"),
);

const fields = v.strictObject({
  command: v.union([argv, script]),
  shell: v.optional(v.boolean(), false),
  env: v.optional(v.record(variable, text), {}),
  passEnv: v.optional(v.array(variable), []),
  cwd: v.optional(path, "."),
  stdin: v.optional(v.string()),
  stdinFile: v.optional(path),
  timeout: v.optional(durationSetting),
  grace: v.optional(durationSetting, "10s"),
  outputs: v.optional(v.picklist(["exit-code", "last-line"]), "exit-code"),
  outputsFile: v.optional(path),
  artifacts: v.optional(v.array(path), []),
  successExitCodes: v.optional(v.array(exitCode), [0]),
  retryableExitCodes: v.optional(v.array(exitCode), [EX_TEMPFAIL]),
  skipExitCodes: v.optional(v.array(exitCode), []),
});

/** What `exec` is told, as it is after its schema. */
export interface ExecConfig {
  /** A list of the program and its arguments; a text for the shell. */
  readonly command: string | readonly string[];
  readonly shell: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables that are passed on besides BASE_VARIABLES. */
  readonly passEnv: readonly string[];
  readonly cwd: string;
  readonly stdin?: string | undefined;
  readonly stdinFile?: string | undefined;
  /** Ms. */
  readonly timeout?: number | undefined;
  /** Ms. */
  readonly grace: number;
  readonly outputs: "exit-code" | "last-line";
  readonly outputsFile?: string | undefined;
  readonly artifacts: readonly string[];
  readonly successExitCodes: readonly number[];
  readonly retryableExitCodes: readonly number[];
  readonly skipExitCodes: readonly number[];
}

function twice({ successExitCodes, retryableExitCodes, skipExitCodes }: ExecConfig): boolean {
  const all = [successExitCodes, retryableExitCodes, skipExitCodes].flatMap((codes) => [...new Set(codes)]);
  return new Set(all).size < all.length;
}

/** The configuration of `exec`. */
export const execConfig: v.GenericSchema<unknown, ExecConfig> = v.pipe(
  fields,
  v.forward(
    v.check(
      ({ command, shell }) => (typeof command === "string") === shell,
      "must be a list of the program and its arguments, and a text only with shell = true",
    ),
    ["command"],
  ),
  v.forward(
    v.check(
      ({ stdin, stdinFile }) => stdin === undefined || stdinFile === undefined,
      "stands beside stdin; keep one",
    ),
    ["stdinFile"],
  ),
  v.forward(
    v.check(
      ({ outputs, outputsFile }) => outputsFile === undefined || outputs !== "last-line",
      "stands beside outputs = last-line; keep one",
    ),
    ["outputsFile"],
  ),
  v.check((given) => !twice(given), "an exit code stands in two of success-, retryable- and skip-exit-codes"),
);
