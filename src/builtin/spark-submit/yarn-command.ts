import { TransientError } from "../../sdk/mod.ts";
import { type Answer, askProgram, type Question } from "./ask-program.ts";
import { type Cluster, endOf } from "./cluster.ts";

/** What Hadoop's commands are started with. */
export type YarnCommandOptions = Pick<Question, "env" | "cwd"> & {
  /** Path of `yarn`. */
  readonly program: string;
};

/** YARN through Hadoop's command `yarn application`: it knows the cluster's configuration, and Kerberos. */
export function yarnCommand({ program, env, cwd }: YarnCommandOptions): Cluster {
  const ask = (args: readonly string[], signal?: AbortSignal): Promise<Answer> =>
    askProgram({ command: [program, "application", ...args], env, cwd, signal });
  return {
    async find(tag, signal) {
      const answer = await ask(["-list", "-appStates", "ALL", "-appTags", tag], signal);
      // The line that says how many there are is there even where there is none.
      if (
        answer.end.code !== 0 ||
        !answer.lines.some((line) => line.includes("Total number of applications"))
      )
        throw unanswered(answer);
      return answer.lines.map((line) => /^\s*(application_\d+_\d+)\s/u.exec(line)?.[1]).find(Boolean);
    },
    async look(id, signal) {
      const answer = await ask(["-status", id], signal);
      const field = (name: string): string | undefined =>
        answer.lines
          .map((line) => new RegExp(`^\\s*${name}\\s*: (.*\\S)`, "u").exec(line)?.[1])
          .find((value) => value !== undefined && value !== "N/A");
      const state = field("State");
      if (state === undefined) {
        if (answer.lines.some((line) => /doesn't exist in RM|ApplicationNotFoundException/u.test(line)))
          return { end: "LOST", word: "NOT_FOUND" };
        throw unanswered(answer);
      }
      const word = state === "FINISHED" ? (field("Final-State") ?? "UNDEFINED") : state;
      const percent = Number(/^(\d+(?:\.\d+)?)%$/u.exec(field("Progress") ?? "")?.[1]);
      return {
        end: word === "UNDEFINED" ? "FAILED" : endOf(word),
        word,
        applicationId: id,
        trackingUrl: field("Tracking-URL"),
        percent: Number.isNaN(percent) ? undefined : percent,
        says: field("Diagnostics"),
      };
    },
    async kill(id) {
      const answer = await ask(["-kill", id]);
      if (answer.end.code !== 0) throw unanswered(answer);
    },
  };
}

function unanswered({ end, lines }: Answer): TransientError {
  const said = lines.findLast((line) => line.trim() !== "")?.trim() ?? "it printed nothing";
  return new TransientError(
    `Cannot ask YARN: yarn application ended with ${end.code ?? end.signal}: ${said}`,
    {
      code: "SPARK_MANAGER_UNREACHABLE",
      hint: "Does the command work by hand, with this user and its Kerberos ticket? What was submitted goes on; a resume looks for it again.",
    },
  );
}
