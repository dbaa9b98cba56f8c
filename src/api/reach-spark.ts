import { CairnError, type Finding, type JsonObject, type Redactor } from "../base/mod.ts";
import { holdsSecretReference, locateProblem, type PipelineConfig, resolveSecrets } from "../config/mod.ts";
import type { CheckOutcome, DoctorFinding } from "../store/mod.ts";
import { locatingSecrets } from "./located-secrets.ts";
import { runnerSecrets } from "./runner-secrets.ts";
import type { Lookup } from "./wire.ts";

/** Questions whose median is the latency. */
const QUESTIONS = 5;
/** Longest that a server may take for all of it, in ms: one that has just started takes its time. */
const REACH_MS = 60_000;
/** The first version with what the client needs (ReattachExecute), and the first that lacks nothing of the basics. */
const OLDEST = [3, 5];
const FULL = [4, 0];
/** What older servers haven't; docs/spark.md has the whole of it. */
const MISSING =
  "no details of errors, no progress, no SQL arguments with nulls in them, and no word on what it never had or has lost";

export interface ReachSparkRequest {
  readonly config: PipelineConfig;
  readonly lookup: Lookup;
  readonly redactor: Redactor;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Begins a session on the server of `spark.connect-string`, asks it a few questions and runs a query of one row.
 * Undefined where there is no connect string. What is wrong is a finding.
 */
export async function reachSpark(request: ReachSparkRequest): Promise<CheckOutcome | undefined> {
  const given = request.config.spark?.connectString;
  if (given === undefined) return undefined;
  try {
    return await ask(await filled(given, request), request);
  } catch (thrown) {
    if (!(thrown instanceof CairnError)) throw thrown;
    const { code, message, hint } = thrown.findings[0] ?? thrown;
    return { summary: message, facts: {}, findings: [{ severity: "error", code, message, hint }] };
  }
}

/** The same as findings at the connect string's place in the file. */
export async function sparkFindings(request: ReachSparkRequest): Promise<readonly Finding[]> {
  const { root, redact } = request.config;
  const judged = { node: root, label: "spark.connect-string", redact };
  const outcome = await reachSpark(request);
  return (outcome?.findings ?? []).flatMap((finding) =>
    locateProblem(judged, ["spark", "connect-string"], finding),
  );
}

async function filled(text: string, { config, lookup, redactor }: ReachSparkRequest): Promise<string> {
  if (!holdsSecretReference(text)) return text;
  const judged = { node: config.root, prefix: ["spark", "connect-string"], label: "spark.connect-string" };
  const sources = runnerSecrets(config, lookup, redactor);
  const { value, secrets } = await locatingSecrets(judged, () => resolveSecrets(text, sources));
  redactor.learn(secrets);
  return typeof value === "string" ? value : text;
}

async function ask(connectString: string, { lookup, signal }: ReachSparkRequest): Promise<CheckOutcome> {
  const { openSession } = await import("../spark/mod.ts");
  const late = AbortSignal.timeout(REACH_MS);
  const session = openSession(connectString, {
    env: lookup.env,
    signal: signal === undefined ? late : AbortSignal.any([late, signal]),
  });
  try {
    const times: number[] = [];
    const timed = async <T>(work: () => Promise<T>): Promise<readonly [T, number]> => {
      const begun = performance.now();
      const result = await work();
      return [result, performance.now() - begun];
    };
    const [version, beginMs] = await timed(() => session.version());
    for (let question = 0; question < QUESTIONS; question++)
      times.push((await timed(() => session.conf.get("spark.sql.session.timeZone")))[1]);
    const [, queryMs] = await timed(() => session.range(1).count());
    return told(version, {
      beginMs,
      latencyMs: times.toSorted((a, b) => a - b)[QUESTIONS >> 1] ?? 0,
      queryMs,
    });
  } catch (thrown) {
    if (!late.aborted || signal?.aborted === true) throw thrown;
    throw new CairnError(`Cannot reach Spark: it did not answer within ${REACH_MS / 1000} seconds`, {
      code: "SPARK_TIMEOUT",
      kind: "world",
      hint: "The server may be starting or overloaded; try again later.",
      cause: thrown,
    });
  } finally {
    await session.stop().catch(() => undefined);
  }
}

function told(version: string, times: Readonly<Record<string, number>>): CheckOutcome {
  const facts: JsonObject = {
    version,
    ...Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, Math.round(ms * 10) / 10])),
  };
  const ms = (name: string): string => `${Math.round(times[name] ?? 0)} ms`;
  return {
    summary: `Spark ${version}: session ${ms("beginMs")}, request ${ms("latencyMs")}, query ${ms("queryMs")}`,
    facts,
    findings: ageFindings(version),
  };
}

/** What a server of this version can't do. */
export function ageFindings(version: string): Omit<DoctorFinding, "check">[] {
  if (isBefore(version, OLDEST)) {
    return [
      {
        severity: "error",
        code: "SPARK_TOO_OLD",
        message: `the server is Spark ${version}; ctx.spark needs 3.5 or later, and 4.0 for all of it`,
        hint: "Upgrade the server, or submit applications with spark.submit, which works with any Spark.",
      },
    ];
  }
  if (!isBefore(version, FULL)) return [];
  return [
    {
      severity: "warning",
      code: "SPARK_OLD",
      message: `the server is Spark ${version}, which has ${MISSING}`,
      hint: "Spark has that from 4.0 on; docs/spark.md lists what follows, version by version.",
    },
  ];
}

function isBefore(version: string, than: readonly number[]): boolean {
  const [, major = "0", minor = "0"] = /^(\d+)\.(\d+)/u.exec(version) ?? [];
  const [thanMajor = 0, thanMinor = 0] = than;
  return Number(major) < thanMajor || (Number(major) === thanMajor && Number(minor) < thanMinor);
}
