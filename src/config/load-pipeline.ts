import { dirname, resolve } from "node:path";
import { type Finding, redactFindings, sortFindings } from "../base/mod.ts";
import {
  type HoconObject,
  nodeAt,
  type Override,
  readHocon,
  readList,
  type ReadResult,
} from "../hocon/mod.ts";
import { type ConfigFiles, machineFiles, MAX_CONFIG_BYTES } from "./config-files.ts";
import { decodePipeline } from "./decode-pipeline.ts";
import { parseEnvFile } from "./env-file.ts";
import { fileIncludes } from "./file-includes.ts";
import type { PipelineConfig, ReadablePipeline } from "./pipeline.ts";
import { readConfigFile } from "./read-config-file.ts";
import { hintAtSecretSyntax } from "./secrets.ts";
import { hintAtSetIntoList } from "./set-into-list.ts";
import { type FetchUrl, fetchUrl, type UrlText } from "./url-texts.ts";

/** How many findings are given; a file that is wrong in every line is wrong in one way. */
const MAX_FINDINGS = 500;

type Environment = Readonly<Record<string, string | undefined>>;

/** How often a configuration is read again because an included URL includes further ones. */
const MAX_URL_ROUNDS = 20;

/** What to load, and what it may reach. */
export interface LoadRequest {
  /** A path as the user gave it, or `-` for `text`. */
  readonly path: string;
  /** The configuration itself (standard input, or a text in a program); relative paths then count from `cwd`. */
  readonly text?: string | Uint8Array | undefined;
  /** Absolute working directory. */
  readonly cwd: string;
  /** What `${NAME}` falls back to. */
  readonly env: Environment;
  /** A file of more variables; those of `env` win. */
  readonly envFile?: string | undefined;
  /** `--set PATH=VALUE`; later ones win. */
  readonly set?: readonly Override[] | undefined;
  /** Default false. */
  readonly allowUrlIncludes?: boolean | undefined;
  /** Values with unset variables stay as the text `${NAME}`, with a warning, and are not checked. Default false. */
  readonly allowUnsetEnv?: boolean | undefined;
  /** Default: the machine's. */
  readonly files?: ConfigFiles | undefined;
  /** Default: the network. */
  readonly fetchUrl?: FetchUrl | undefined;
}

/** Everything that was found. */
export interface Loaded {
  /** Undefined exactly where a finding is an error. */
  readonly pipeline: PipelineConfig | undefined;
  /** What later phases can check, whatever is wrong elsewhere; undefined where nothing could be read. */
  readonly readable: ReadablePipeline | undefined;
  /** The resolved tree, where the text could be read that far. */
  readonly root: HoconObject | undefined;
  /** Sorted by place. */
  readonly findings: readonly Finding[];
  /** `env` with the variables of `envFile`. */
  readonly env: Environment;
  /** With `allowUnsetEnv`: the texts `${NAME}` that stand in the tree for values yet to come. */
  readonly placeholders: ReadonlySet<string>;
}

interface Source {
  readonly shown: string;
  /** Absolute; undefined for texts. */
  readonly file: string | undefined;
  readonly folder: string;
  readonly text: string | Uint8Array;
}

function openSource(request: LoadRequest, files: ConfigFiles): Source | { readonly finding: Finding } {
  if (request.text !== undefined) {
    const shown = request.path === "-" ? "<stdin>" : request.path;
    const tooLarge = request.text.length > MAX_CONFIG_BYTES;
    if (!tooLarge) return { shown, file: undefined, folder: request.cwd, text: request.text };
    const message = `cannot read ${shown}: it is larger than ${MAX_CONFIG_BYTES / 1024 / 1024} MiB`;
    return { finding: { severity: "error", code: "CONFIG_TOO_LARGE", message } };
  }
  const read = readConfigFile(request.path, request.cwd, files);
  if ("finding" in read) return read;
  const file = resolve(request.cwd, request.path);
  return { shown: request.path, file, folder: dirname(file), text: read.bytes };
}

/** The variables that substitutions see, or why the environment file can't be read. */
function readEnvironment(
  request: LoadRequest,
  files: ConfigFiles,
): { readonly env: Environment; readonly findings: readonly Finding[] } {
  if (request.envFile === undefined) return { env: request.env, findings: [] };
  const read = readConfigFile(request.envFile, request.cwd, files);
  if ("finding" in read) return { env: request.env, findings: [read.finding] };
  const { variables, findings } = parseEnvFile(new TextDecoder().decode(read.bytes), request.envFile);
  const env: Record<string, string | undefined> = { ...variables };
  // The caller's own variables win, as they do wherever such files are read.
  for (const [name, value] of Object.entries(request.env)) if (value !== undefined) env[name] = value;
  return { env, findings };
}

/**
 * Reads the text; where it includes URLs, they are fetched and the text is read again until nothing is missing.
 * (HOCON is read in one go, so that its rules need no waiting; only the network does.)
 */
async function readTree(
  request: LoadRequest,
  source: Source,
  files: ConfigFiles,
  env: Environment,
): Promise<ReadResult> {
  const urls = new Map<string, UrlText>();
  const get = request.fetchUrl ?? fetchUrl;
  for (let round = 0; ; round++) {
    const wanted = new Set<string>();
    const result = readHocon({
      text: source.text,
      file: source.shown,
      includes: fileIncludes({ files, cwd: request.cwd, urls, wanted }),
      env,
      overrides: request.set,
      allowUnresolved: request.allowUnsetEnv,
      allowUrlIncludes: request.allowUrlIncludes,
    });
    if (wanted.size === 0 || round === MAX_URL_ROUNDS) return result;
    const texts = await Promise.all(
      [...wanted].map(async (url) => [url, await get(url, MAX_CONFIG_BYTES)] as const),
    );
    for (const [url, text] of texts) urls.set(url, text);
  }
}

/** The names in `pipeline.redact`, even where other parts of the configuration are wrong. */
function redactNames(root: HoconObject | undefined): readonly string[] {
  const node = root === undefined ? undefined : nodeAt(root, ["pipeline", "redact"]);
  const items = node === undefined ? undefined : readList(node);
  if (items?.ok !== true) return [];
  return items.value.flatMap((item) => (item.kind === "string" ? [item.value] : []));
}

/** Findings as they may be shown: sorted, without secrets, errors before warnings where there are too many. */
function presentable(
  findings: readonly Finding[],
  redact: readonly string[] | undefined,
): readonly Finding[] {
  const errorsFirst = findings.toSorted(
    (a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"),
  );
  const shown = sortFindings(redactFindings(errorsFirst.slice(0, MAX_FINDINGS), redact));
  const more = findings.length - shown.length;
  if (more === 0) return shown;
  return [
    ...shown,
    { severity: "warning", code: "CONFIG_MORE_FINDINGS", message: `there are ${more} more findings` },
  ];
}

/**
 * Loads a pipeline's configuration: file, includes and environment to a resolved tree, tree to a typed
 * {@link PipelineConfig}. Never throws for what the user wrote: all findings are given together.
 */
export async function loadPipeline(request: LoadRequest): Promise<Loaded> {
  const files = request.files ?? machineFiles;
  const environment = readEnvironment(request, files);
  const findings: Finding[] = [...environment.findings];
  const { env } = environment;
  const source = openSource(request, files);
  if ("finding" in source) {
    findings.push(source.finding);
    const nothing = { pipeline: undefined, readable: undefined, root: undefined };
    return { ...nothing, env, findings, placeholders: new Set() };
  }
  const { root, findings: read, placeholders } = await readTree(request, source, files, env);
  findings.push(...read.map(hintAtSecretSyntax));
  if (root === undefined) {
    const { readable, tree } = await readOnAnyway(request, source, files, env, findings);
    const shown = presentable(findings, redactNames(tree));
    return { pipeline: undefined, readable, root, env, findings: shown, placeholders };
  }
  const { pipeline, readable } = decodePipeline(root, source, { findings, placeholders });
  const shown = presentable(findings.map(hintAtSetIntoList), redactNames(root));
  return { pipeline, readable, root, env, findings: shown, placeholders };
}

/** Where only values of variables are missing, the rest is decoded all the same: its findings are wanted too. */
async function readOnAnyway(
  request: LoadRequest,
  source: Source,
  files: ConfigFiles,
  env: Environment,
  findings: Finding[],
): Promise<{ readonly readable?: ReadablePipeline | undefined; readonly tree?: HoconObject | undefined }> {
  const errors = findings.filter(({ severity }) => severity === "error");
  if (!errors.every(({ code }) => code === "HOCON_UNRESOLVED")) return {};
  const lenient = { ...request, allowUnsetEnv: true };
  const { root, placeholders } = await readTree(lenient, source, files, env);
  if (root === undefined) return {};
  return { readable: decodePipeline(root, source, { findings, placeholders }).readable, tree: root };
}
