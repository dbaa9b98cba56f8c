import type { ProgramLine } from "../../program/mod.ts";

/** Which cluster manager runs an application: it decides what the log says. */
export type Manager = "local" | "standalone" | "yarn" | "kubernetes";

/** What the log of spark-submit has told so far. */
export interface LogFacts {
  /** `local-…`, `app-…`, `application_…`, `spark-…`. */
  readonly applicationId?: string | undefined;
  /** What `--status` and `--kill` take: `driver-…`, `namespace:pod`, and on YARN the application's ID. */
  readonly submissionId?: string | undefined;
  readonly trackingUrl?: string | undefined;
  /** The web server of a driver on this machine, without a path. */
  readonly uiUrl?: string | undefined;
  /** The last state in the manager's own word, in capitals. */
  readonly state?: string | undefined;
  /** YARN's `final status`, once it is one. */
  readonly finalStatus?: string | undefined;
  /** Of the driver's container, which on Kubernetes need not be spark-submit's own. */
  readonly driverExitCode?: number | undefined;
  /** The container that is told of, and whether `driverExitCode` is that of Spark's own. */
  readonly container?: string | undefined;
  readonly isDriverCode?: boolean | undefined;
}

type Take = (match: RegExpExecArray, known: LogFacts) => LogFacts;
type Rule = readonly [pattern: RegExp, take: Take];

const YARN_ID = /\b(application_\d+_\d+)\b/u;
const JETTY = /Start Jetty (\S+:\d+) for SparkUI/u;
const UI_STARTED = /SparkUI\b.*\bstarted at (https?:\/\/[^\s/]+)/u;
const UI_PORT = /Successfully started service 'SparkUI' on port (\d+)/u;

/** A driver on this machine. */
const DRIVER: readonly Rule[] = [
  [JETTY, ([, host = ""]) => ({ uiUrl: `http://${host.replace(/^0\.0\.0\.0:/u, "127.0.0.1:")}` })],
  [UI_STARTED, ([, url]) => ({ uiUrl: url })],
  [UI_PORT, ([, port], { uiUrl }) => ({ uiUrl: uiUrl ?? `http://127.0.0.1:${port}` })],
  [
    /Submitted application with ID (local-\d+)|\/(local-\d+)(?:\.\w+)?$/u,
    (m) => ({ applicationId: m[1] ?? m[2] }),
  ],
];

const RULES: Readonly<Record<Manager, readonly Rule[]>> = {
  local: DRIVER,
  standalone: [
    ...DRIVER,
    [/Connected to Spark cluster with app ID (app-\d+-\d+)/u, ([, id]) => ({ applicationId: id })],
    [/(?:successfully submitted as|State of(?: driver)?|"submissionId"\s*:) ?"?(driver-\d+-\d+)/u, submitted],
    [/State of (?:driver )?driver-[\d-]+ is (?:now )?([A-Z]+)/u, ([, state]) => ({ state })],
    [/"driverState"\s*:\s*"([A-Z_]+)"/u, ([, state]) => ({ state })],
  ],
  yarn: [
    ...DRIVER,
    [
      YARN_ID,
      ([, id], { applicationId }) => ({
        applicationId: applicationId ?? id,
        submissionId: applicationId ?? id,
      }),
    ],
    [/Application report for application_\S+ \(state: ([A-Z]+)\)/u, ([, state]) => ({ state })],
    [/^\s*final status: (SUCCEEDED|FAILED|KILLED)\b/u, ([, finalStatus]) => ({ finalStatus })],
    [/^\s*tracking URL: (https?:\/\/\S+)/u, ([, url]) => ({ trackingUrl: url })],
  ],
  kubernetes: [
    ...DRIVER,
    [/\bspark-app-(?:selector|id) -> (spark-[0-9a-f]+)/u, ([, id]) => ({ applicationId: id })],
    [/with application ID (spark-[0-9a-f]+)/u, ([, id]) => ({ applicationId: id })],
    [/with submission ?I[dD] (\S+:\S+?)(?:\s|$)/u, submitted],
    [/^\s*pod name: (\S+)/u, ([, pod], { submissionId }) => ({ submissionId: submissionId ?? `:${pod}` })],
    [
      /^\s*namespace: (\S+)/u,
      ([, space], { submissionId }) => ({ submissionId: submissionId?.replace(/^:/u, `${space}:`) }),
    ],
    [/^\s*phase: (\w+)/u, ([, phase]) => ({ state: phase?.toUpperCase() })],
    [/^\s*container name: (\S+)/iu, ([, container]) => ({ container })],
    [/^\s*exit code: (\d+)\s*$/iu, exitCode],
  ],
};

function submitted([, id]: RegExpExecArray): LogFacts {
  return { submissionId: id };
}

/** The name of the driver's container, unless a pod template has another one. */
const DRIVER_CONTAINER = "spark-kubernetes-driver";

/** Containers beside the driver's, of a service mesh for example, have exit codes, too. */
function exitCode([, code]: RegExpExecArray, known: LogFacts): LogFacts {
  const isDriverCode = known.container === undefined || known.container === DRIVER_CONTAINER;
  if (known.isDriverCode === true && !isDriverCode) return {};
  return { driverExitCode: Number(code), isDriverCode };
}

/** As many last lines as an error shows, and how long each may be, in UTF-16 code units. */
const LAST_LINES = 10;
const LONGEST = 300;

/** Reads what spark-submit logs, line by line, in bounded memory. */
export class SubmitLog {
  readonly #rules: readonly Rule[];
  readonly #last: string[] = [];
  readonly #submitted: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #facts: LogFacts = {};
  #telling = "";
  #sawInfo = false;

  constructor(manager: Manager) {
    this.#rules = RULES[manager];
  }

  get facts(): LogFacts {
    return this.#facts;
  }

  /** The last lines, oldest first. */
  get last(): readonly string[] {
    return this.#last;
  }

  /** The line that says most about a failure; empty where none does. */
  get telling(): string {
    return this.#telling;
  }

  /** Spark logs at level INFO: an ID that was given would be in the log. */
  get sawInfo(): boolean {
    return this.#sawInfo;
  }

  /** Resolves when the log has told what the submission is known by. */
  get submitted(): Promise<void> {
    return this.#submitted.promise;
  }

  take({ text }: Pick<ProgramLine, "text">): void {
    if (text.trim() === "") return;
    this.#sawInfo ||= /\bINFO\b/u.test(text);
    const line = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
    this.#last.push(line);
    if (this.#last.length > LAST_LINES) this.#last.shift();
    if (isTelling(line)) this.#telling = line.trim();
    for (const [pattern, take] of this.#rules) {
      const match = pattern.exec(text);
      if (match !== null) this.#facts = { ...this.#facts, ...defined(take(match, this.#facts)) };
    }
    const { submissionId } = this.#facts;
    if (submissionId?.startsWith(":") === false) this.#submitted.resolve();
  }
}

function defined(facts: LogFacts): LogFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** Lines that name an error: of Java, of Python, of spark-submit itself. */
function isTelling(line: string): boolean {
  return (
    /^(?:Exception in thread|Caused by:|Error: )/u.test(line) ||
    /^(?:[\w$]+\.)*[A-Z]\w*(?:Error|Exception)\b(?::|$)/u.test(line) ||
    /\bdiagnostics: (?!N\/A)\S/u.test(line)
  );
}
