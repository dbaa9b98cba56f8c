import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import {
  CairnError,
  type Clock,
  type JsonObject,
  messageOf,
  ownCommand,
  systemClock,
  systemRandom,
} from "../base/mod.ts";
import { scanFolders } from "../plugin/mod.ts";
import {
  type CheckOutcome,
  type CheckpointStore,
  type DoctorFinding,
  folderRights,
  freeSpace,
  handleRacer,
  type Racer,
  storeChecks,
  sweepTrials,
  systemFileSystem,
  trialFolder,
  withRetry,
} from "../store/mod.ts";
import { RACER_COMMAND, type RacerProcess, startRacer } from "./doctor-racer.ts";
import { type Installed, installedDuckdb, installedSparkSubmit } from "./installed-engines.ts";
import { reachSpark } from "./reach-spark.ts";
import { storeAt, type StoreAtRequest } from "./store-at.ts";
import { type OpenStoreRequest, storeRequest } from "./stores.ts";
import { trialPlace } from "./trial-place.ts";
import { findFolders } from "./wire.ts";

export interface DoctorRequest extends Omit<OpenStoreRequest, "registry" | "warn"> {
  /** Is told of each check as it begins. */
  readonly onCheck?: ((name: string) => void) | undefined;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How a racing process is started. Default: this executable. */
  readonly racerCommand?: readonly string[] | undefined;
}

/** What came of one check. */
export interface DoctorCheck {
  readonly name: string;
  readonly status: "ok" | "finding" | "skipped";
  /** In a line. */
  readonly summary: string;
  /** Figures, by name. */
  readonly facts: JsonObject;
}

/** The document of `doctor --format json`. */
export interface DoctorReport {
  readonly version: 1;
  /** The resolved location; null where it could not be opened. */
  readonly location: string | null;
  /** There is no finding. */
  readonly sound: boolean;
  readonly checks: readonly DoctorCheck[];
  readonly findings: readonly DoctorFinding[];
}

/** Racing processes besides this one, and handles of this one that race. */
const PROCESSES = 3;
const HANDLES = 2;
/** How long a failing call is retried, in ms. */
const RETRY_MS = 15_000;

/**
 * Looks at a location: proves by races what checkpoints rest on, and measures. What it writes lies below a name of its
 * own and is removed again.
 *
 * @throws CairnError of kind `config` where the location, or the configuration that names it, is wrong
 */
export async function examine(request: DoctorRequest = {}): Promise<DoctorReport> {
  const report = new Report(request.onCheck);
  const place = await storeRequest(request);
  const opening = { ...place, isTrial: true, signal: request.signal };
  await report.check("plugin-folders", () => pluginCheck(place));
  const stores: CheckpointStore[] = [];
  try {
    const opened = await report.check("location", async () => {
      for (let handle = 0; handle < HANDLES + 1; handle++) stores.push(await storeAt(opening));
      return { summary: stores[0]?.location ?? "", facts: {}, findings: [] };
    });
    if (opened) await examineStore(report, stores, place, request);
  } finally {
    for (const store of stores) await store.close();
  }
  await examineEngines(report, place, request.signal);
  return report.document(stores[0]?.location ?? null);
}

/** Collects what checks say; a check that throws is a finding. */
class Report {
  readonly #checks: DoctorCheck[] = [];
  readonly #findings: DoctorFinding[] = [];
  readonly #onCheck: ((name: string) => void) | undefined;

  constructor(onCheck: ((name: string) => void) | undefined) {
    this.#onCheck = onCheck;
  }

  /** True where nothing was found that speaks against going on. */
  async check(name: string, work: () => Promise<CheckOutcome>): Promise<boolean> {
    this.#onCheck?.(name);
    let outcome: CheckOutcome;
    try {
      outcome = await work();
    } catch (thrown) {
      if (thrown instanceof CairnError && thrown.kind === "config") throw thrown;
      outcome = { summary: messageOf(thrown), facts: {}, findings: [findingOf(thrown)] };
    }
    const { summary, facts, findings } = outcome;
    this.#checks.push({ name, status: findings.length === 0 ? "ok" : "finding", summary, facts });
    this.#findings.push(...findings.map((finding) => ({ check: name, ...finding })));
    return !findings.some(({ severity }) => severity === "error");
  }

  skip(name: string, why: string): void {
    this.#checks.push({ name, status: "skipped", summary: why, facts: {} });
  }

  document(location: string | null): DoctorReport {
    const findings = this.#findings;
    return { version: 1, location, sound: findings.length === 0, checks: this.#checks, findings };
  }
}

function findingOf(thrown: unknown): CheckOutcome["findings"][number] {
  const error = thrown instanceof CairnError ? thrown : undefined;
  return {
    severity: "error",
    code: error?.code ?? "STORE_FAILED",
    message: messageOf(thrown),
    hint: error?.hint,
  };
}

async function pluginCheck({ config, lookup }: StoreAtRequest): Promise<CheckOutcome> {
  const { folders, findings } = await findFolders(config, lookup);
  const { types } = await scanFolders(folders);
  return {
    summary:
      folders.length === 0
        ? "there is none"
        : `${types.length} type${types.length === 1 ? "" : "s"} in ${folders.join(", ")}`,
    facts: { folders: [...folders], types: types.length },
    findings: findings.map(({ severity, code, message, hint }) => ({ severity, code, message, hint })),
  };
}

async function examineStore(
  report: Report,
  stores: readonly CheckpointStore[],
  place: StoreAtRequest,
  request: DoctorRequest,
): Promise<void> {
  const { clock = systemClock, signal } = request;
  const [store, other, ...rest] = stores.map((each) => withRetry(each, { timeoutMs: RETRY_MS, clock }));
  if (store === undefined || other === undefined) return;
  const folder = trialFolder(systemRandom.nonce());
  const { folder: local, restore } = trialPlace(place.place);
  const processes = startRacers(place, request);
  const handles = [other, ...rest].map((each, at) => handleRacer(`handle ${at + 1}`, each));
  const racers: readonly Racer[] = [...handles, ...processes];
  try {
    let going = true;
    for (const each of storeChecks) {
      const { name } = each;
      if (going)
        going =
          (await report.check(name, () => each.run({ store, other, racers, folder, clock, signal }))) ||
          name !== "permissions";
      else report.skip(name, "the location can't be used");
    }
    if (local !== undefined) {
      const uid = process.getuid?.() ?? 0;
      await report.check("folder", () => Promise.resolve(folderRights(systemFileSystem, local, uid)));
      await report.check("free-space", () => Promise.resolve(freeSpace(local, roomOf(local))));
    }
  } finally {
    await Promise.all(processes.map((each) => each.close()));
    await report.check("clean-up", () => cleanUp(store, folder));
    restore();
  }
}

/** The engines under components: a Spark Connect server, what is installed of Spark, DuckDB. */
async function examineEngines(
  report: Report,
  place: StoreAtRequest,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { config, lookup, redactor } = place;
  if (config?.spark?.connectString === undefined || redactor === undefined)
    report.skip("spark-connect", "no configuration with spark.connect-string is given");
  else
    await report.check("spark-connect", async () => {
      const outcome = await reachSpark({ config, lookup, redactor, signal });
      return outcome ?? { summary: "", facts: {}, findings: [] };
    });
  const { folders } = await findFolders(config, lookup);
  const installed: readonly (readonly [string, () => Installed | Promise<Installed>])[] = [
    ["spark-submit", () => installedSparkSubmit(config, lookup)],
    ["duckdb", () => installedDuckdb(config, folders)],
  ];
  for (const [name, look] of installed) {
    const found = await look();
    if ("missing" in found) report.skip(name, found.missing);
    else await report.check(name, () => Promise.resolve(found));
  }
}

function startRacers(place: StoreAtRequest, request: DoctorRequest): RacerProcess[] {
  const { location, config } = request;
  const { cwd, env, plugins } = place.lookup;
  const command = request.racerCommand ?? ownCommand(RACER_COMMAND);
  return Array.from({ length: PROCESSES }, (_, at) =>
    startRacer(command, env, { name: `process ${at + 1}`, place: { location, config, cwd, plugins } }),
  );
}

async function cleanUp(store: CheckpointStore, folder: string): Promise<CheckOutcome> {
  await sweepTrials(store, folder);
  const left = await store.logs(`${folder}/`);
  return {
    summary: "what was written is removed",
    facts: {},
    findings:
      left.length === 0
        ? []
        : [
            {
              severity: "error",
              code: "STORE_BROKEN_PROMISE",
              message: `${left.length} logs of the trial are still there after their removal`,
              hint: `Remove what lies below ${folder} by hand.`,
            },
          ],
  };
}

/** The room where a folder lies, or will lie. */
function roomOf(folder: string): { readonly bytes: number; readonly files?: number } {
  let path = folder;
  while (systemFileSystem.realPath(path) === undefined && path !== dirname(path)) path = dirname(path);
  const { bavail, bsize, files, ffree } = statfsSync(path);
  // Some file systems (btrfs) make files as they are needed and tell of none.
  return { bytes: bavail * bsize, ...(files > 0 && { files: ffree }) };
}
