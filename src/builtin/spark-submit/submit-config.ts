import * as v from "valibot";
import { isSecretReference } from "../../base/mod.ts";
import { durationSetting } from "../../config/mod.ts";

/** EX_TEMPFAIL of sysexits.h: "try again later". */
const EX_TEMPFAIL = 75;
const LARGEST_EXIT_CODE = 255;

const NO_SECRETS =
  "holds a secret, which every user of the machine could read in the process list: give it in conf or env";

const text = v.pipe(
  v.string(),
  v.check((value) => !value.includes("\0"), "must not hold NUL"),
);
/** What becomes an argument of the program. */
const shown = v.pipe(
  text,
  v.check((value) => !isSecretReference(value), NO_SECRETS),
);
const word = v.pipe(shown, v.nonEmpty("must not be empty"));
/** What spark-submit takes as a list with commas. */
const listed = v.pipe(
  word,
  v.check((value) => !value.includes(","), "must not hold a comma: write a list"),
);
const size = v.pipe(word, v.regex(/^\d+[kmgtp]?b?$/iu, "must be a size as Spark writes it, like 512m or 4g"));
const count = v.pipe(v.number(), v.integer("must be a whole number"), v.minValue(1, "must be at least 1"));
const exitCode = v.pipe(
  v.number(),
  v.integer("must be a whole number"),
  v.minValue(1, "must be at least 1"),
  v.maxValue(LARGEST_EXIT_CODE, `must be at most ${LARGEST_EXIT_CODE}`),
);
const variable = v.pipe(text, v.regex(/^[^=]+$/u, "is no name of a variable"));

/** Properties by quoted keys (`"spark.executor.cores" = 2`) and nested ones (`spark { executor { cores = 2 } }`). */
type Properties = { readonly [key: string]: string | Properties };
const properties: v.GenericSchema<unknown, Properties> = v.record(
  v.string(),
  v.lazy(() => v.union([text, properties])),
);

const fields = v.strictObject({
  application: word,
  mainClass: v.optional(word),
  args: v.optional(v.array(shown), []),
  name: v.optional(word),
  master: v.optional(word),
  deployMode: v.optional(v.picklist(["client", "cluster"])),
  conf: v.optional(properties, {}),
  propertiesFile: v.optional(word),
  pyFiles: v.optional(v.array(listed), []),
  jars: v.optional(v.array(listed), []),
  files: v.optional(v.array(listed), []),
  packages: v.optional(v.array(listed), []),
  queue: v.optional(word),
  driverMemory: v.optional(size),
  driverCores: v.optional(count),
  executorMemory: v.optional(size),
  executorCores: v.optional(count),
  numExecutors: v.optional(count),
  sparkHome: v.optional(word),
  binary: v.optional(word),
  env: v.optional(v.record(variable, text), {}),
  passEnv: v.optional(v.array(variable), []),
  cwd: v.optional(word, "."),
  timeout: v.optional(durationSetting),
  grace: v.optional(durationSetting, "10s"),
  pollInterval: v.optional(durationSetting, "10s"),
  yarnResourceManager: v.optional(v.pipe(word, v.regex(/^https?:\/\//u, "must be an http: or https: URL"))),
  artifacts: v.optional(v.array(word), []),
  retryableExitCodes: v.optional(v.array(exitCode), [EX_TEMPFAIL]),
});

/** What `spark.submit` is told, as it is after its schema. */
export interface SubmitConfig {
  /** The jar, Python or R file. */
  readonly application: string;
  readonly mainClass?: string | undefined;
  readonly args: readonly string[];
  readonly name?: string | undefined;
  readonly master?: string | undefined;
  readonly deployMode?: "client" | "cluster" | undefined;
  readonly conf: Properties;
  readonly propertiesFile?: string | undefined;
  readonly pyFiles: readonly string[];
  readonly jars: readonly string[];
  readonly files: readonly string[];
  /** Maven coordinates. */
  readonly packages: readonly string[];
  readonly queue?: string | undefined;
  readonly driverMemory?: string | undefined;
  readonly driverCores?: number | undefined;
  readonly executorMemory?: string | undefined;
  readonly executorCores?: number | undefined;
  readonly numExecutors?: number | undefined;
  readonly sparkHome?: string | undefined;
  /** The program itself. */
  readonly binary?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly passEnv: readonly string[];
  readonly cwd: string;
  /** Ms. */
  readonly timeout?: number | undefined;
  /** Between SIGTERM and SIGKILL, ms. */
  readonly grace: number;
  /** Between two questions to a cluster manager, ms. */
  readonly pollInterval: number;
  /** Its web server, without a path. */
  readonly yarnResourceManager?: string | undefined;
  readonly artifacts: readonly string[];
  readonly retryableExitCodes: readonly number[];
}

/** The configuration of `spark.submit`. */
export const submitConfig: v.GenericSchema<unknown, SubmitConfig> = v.pipe(
  fields,
  v.forward(
    v.check(
      ({ binary, sparkHome }) => binary === undefined || sparkHome === undefined,
      "stands beside spark-home; keep one",
    ),
    ["binary"],
  ),
);

/** Nested properties as one flat record. */
export function flatProperties(given: Properties, prefix: string = ""): Record<string, string> {
  const flat: [string, string][] = [];
  for (const [key, value] of Object.entries(given)) {
    if (typeof value === "string") flat.push([prefix + key, value]);
    else flat.push(...Object.entries(flatProperties(value, `${prefix}${key}.`)));
  }
  return Object.fromEntries(flat);
}
