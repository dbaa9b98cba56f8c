/** What the lint knows of a room of `src/`. */
export interface Room {
  /** What lives there, as `docs/architecture.md` says it. */
  readonly holds: string;
  /** The rooms it may import, through their doors only. */
  readonly imports: readonly string[];
  /** The npm packages it may import; each has a row in `docs/dependencies.md`. */
  readonly packages: readonly string[];
  /** Files that other rooms may import; `mod.ts` alone where nothing is said. */
  readonly doors?: readonly string[];
  /** Whether it may `import()` a path that is only known at run time (a plugin's file). */
  readonly computedImports?: boolean;
}

const DEFAULT_DOORS: readonly string[] = ["mod.ts"];

/**
 * The rooms of `src/`, lowest first: the one table of who may import whom. `docs/architecture.md` is checked
 * against it. A change here is a change of the architecture, so it changes that page too.
 */
export const rooms: Readonly<Record<string, Room>> = {
  base: {
    holds: "error class and codes, findings, clock, randomness, redaction, units, backoff",
    imports: [],
    packages: [],
    doors: ["mod.ts", "version.ts"],
  },
  program: {
    holds: "starting outside programs so that nothing of them outlives what started them",
    imports: ["base"],
    packages: [],
  },
  hocon: {
    holds: "text to tree with origins; knows nothing of pipelines",
    imports: ["base"],
    packages: [],
  },
  config: {
    holds: "the pipeline's schema, decoding with located findings, secrets references",
    imports: ["base", "hocon"],
    packages: ["valibot"],
  },
  store: {
    holds: "the checkpoint store interface, its kinds and wrappers",
    imports: ["base"],
    packages: ["@aws-sdk/client-s3", "@aws-sdk/credential-providers"],
    doors: ["mod.ts", "testing.ts"],
  },
  files: {
    holds: "data by path or URI: local, s3a, hdfs; one small interface over the stores' clients",
    imports: ["base", "store"],
    packages: [],
  },
  checkpoint: {
    holds: "events, fold, journal, lease, fingerprints, resume decisions",
    imports: ["base", "store"],
    packages: [],
  },
  spark: {
    holds: "the Spark Connect client",
    imports: ["base"],
    packages: ["@bufbuild/protobuf"],
  },
  sdk: {
    holds: "what plugins import as `cairn`: component, hook and store definitions, ctx types",
    imports: ["base", "store", "files", "checkpoint", "spark"],
    packages: ["valibot"],
    doors: ["mod.ts", "testing.ts"],
  },
  builtin: {
    holds: "components and hooks that ship in the executable",
    imports: ["base", "program", "config", "store", "files", "spark", "sdk"],
    packages: ["valibot", "prom-client"],
    doors: ["mod.ts", "components.ts"],
  },
  plugin: {
    holds: "finding, loading and describing plugins; the virtual `cairn` module",
    imports: ["base", "program", "config", "sdk"],
    packages: ["valibot"],
    computedImports: true,
  },
  run: {
    holds: "plan, scheduler, worker processes, retries, results",
    imports: ["base", "program", "config", "checkpoint", "plugin", "sdk", "store", "files"],
    packages: [],
  },
  report: {
    holds: "a result as HTML, JUnit, GitHub summary, OpenLineage",
    imports: ["base", "checkpoint", "sdk"],
    packages: [],
  },
  api: {
    holds: "the library that package.json exports: joins run, builtin and everything below",
    imports: [
      "base",
      "program",
      "hocon",
      "config",
      "store",
      "files",
      "checkpoint",
      "spark",
      "sdk",
      "builtin",
      "plugin",
      "run",
      "report",
    ],
    packages: ["valibot"],
    doors: ["mod.ts", "testing.ts"],
  },
  cli: {
    holds: "one file per command, strict arguments, the exit table; a client of `api` and of nothing deeper",
    imports: ["base", "api"],
    packages: ["citty", "consola"],
  },
};

/** The room of that name, or undefined. */
export function roomNamed(name: string): Room | undefined {
  return Object.hasOwn(rooms, name) ? rooms[name] : undefined;
}

/** What `src/main.ts`, the one file outside the rooms, may import. */
export const mainRoom: Room = {
  holds: "starts the command line or, as a worker process, the worker",
  imports: ["base", "program", "cli", "api"],
  packages: [],
};

/** The files through which other rooms may import `room`. */
export function doorsOf(room: Room): readonly string[] {
  return room.doors ?? DEFAULT_DOORS;
}
