import { TransientError } from "../../sdk/mod.ts";
import { type Answer, askProgram, type Question } from "./ask-program.ts";
import { type Cluster, endOf, type Look } from "./cluster.ts";
import { type LogFacts, SubmitLog } from "./submit-log.ts";

/** What `--status` and `--kill` are called with. */
export interface SubmitStatusOptions extends Pick<Question, "env" | "cwd"> {
  readonly program: string;
  readonly manager: "standalone" | "kubernetes";
  /** `--master …` where it is given, and the properties file. */
  readonly options: readonly string[];
  /** On Kubernetes: by what a submission of a tag is known. */
  readonly submissionId?: ((tag: string) => string) | undefined;
}

/** Standalone masters and Kubernetes through spark-submit's own `--status` and `--kill`. */
export function submitStatus(given: SubmitStatusOptions): Cluster {
  const { program, manager, options, env, cwd, submissionId } = given;
  const ask = (flag: string, id: string, signal?: AbortSignal): Promise<Answer> =>
    askProgram({ command: [program, ...options, flag, id], env, cwd, signal });
  const look = async (id: string, signal: AbortSignal): Promise<Look> => {
    const answer = await ask("--status", id, signal);
    signal.throwIfAborted();
    const found = readStatus(manager, answer.lines);
    if (found === undefined) throw unanswered("--status", answer);
    return found;
  };
  return {
    ...(submissionId !== undefined && {
      async find(tag, signal) {
        const id = submissionId(tag);
        return (await look(id, signal)).end === "LOST" ? undefined : id;
      },
    }),
    look,
    async kill(id) {
      const answer = await ask("--kill", id);
      if (answer.end.code !== 0) throw unanswered("--kill", answer);
    },
  };
}

/** What the lines of a `--status` say; undefined where they don't answer. */
export function readStatus(
  manager: SubmitStatusOptions["manager"],
  lines: readonly string[],
): Look | undefined {
  const log = new SubmitLog(manager);
  for (const text of lines) log.take({ text });
  const { facts } = log;
  const isAbsent = lines.some((line) => /^No applications found\.?$/iu.test(line.trim()));
  // A master's REST server says of a driver that it does not know only that it has no success.
  const isUnknown = facts.state === undefined && lines.some((line) => /"success"\s*:\s*false/u.test(line));
  if (isAbsent || (manager === "standalone" && (isUnknown || facts.state === "NOT_FOUND")))
    return { end: "LOST", word: "NOT_FOUND" };
  const word = facts.state;
  if (word === undefined) return undefined;
  return {
    end: endAfter(manager, word, facts),
    word,
    applicationId: facts.applicationId,
    exitCode: facts.driverExitCode,
  };
}

function endAfter(manager: SubmitStatusOptions["manager"], word: string, facts: LogFacts): Look["end"] {
  // A pod's phase UNKNOWN: its machine does not answer; it may go on.
  if (manager === "kubernetes" && word === "UNKNOWN") return undefined;
  // A standalone master that has just been taken over by another one.
  if (manager === "standalone" && word === "UNKNOWN") return undefined;
  const end = endOf(word);
  return end === "SUCCEEDED" && (facts.driverExitCode ?? 0) !== 0 ? "FAILED" : end;
}

function unanswered(flag: string, { end, lines }: Answer): TransientError {
  const said = lines.findLast((line) => line.trim() !== "")?.trim() ?? "it printed nothing";
  return new TransientError(
    `Cannot ask Spark: spark-submit ${flag} ended with ${end.code ?? end.signal}: ${said}`,
    {
      code: "SPARK_MANAGER_UNREACHABLE",
      hint: "Does the command work by hand? A standalone master answers where spark.master.rest.enabled is true. What was submitted goes on; a resume looks for it again.",
    },
  );
}
