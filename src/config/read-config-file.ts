import { dirname, basename, extname, join, resolve } from "node:path";
import { type Finding, nearest } from "../base/mod.ts";
import { type ConfigFiles, MAX_CONFIG_BYTES, type Unreadable } from "./config-files.ts";

/** Extensions of files that can be read as configuration. */
const CONFIG_EXTENSIONS: ReadonlySet<string> = new Set([".conf", ".hocon", ".json", ".properties"]);

/** How many names a hint lists. */
const MAX_NAMES = 5;

interface Asked {
  readonly shown: string;
  readonly absolute: string;
  readonly files: ConfigFiles;
}

function configsIn(folder: string, files: ConfigFiles): readonly string[] {
  return files.list(folder).filter((name) => CONFIG_EXTENSIONS.has(extname(name)));
}

function hintForMissing({ shown, absolute, files }: Asked): string {
  const meant = nearest(basename(absolute), configsIn(dirname(absolute), files));
  if (meant !== undefined) return `Did you mean ${join(dirname(shown), meant)}?`;
  return `Looked for ${absolute}.`;
}

function hintForFolder({ shown, absolute, files }: Asked): string {
  const names = configsIn(absolute, files).slice(0, MAX_NAMES);
  if (names.length === 0) return "Name the configuration file itself.";
  return `Name the file itself: ${names.map((name) => join(shown, name)).join(", ")}.`;
}

type FileFacts = Pick<Finding, "code" | "message" | "hint">;

const SAYINGS: Readonly<Record<Unreadable, (asked: Asked, message: string) => FileFacts>> = {
  missing: (asked) => ({
    code: "CONFIG_NOT_FOUND",
    message: `cannot read ${asked.shown}: there is no such file`,
    hint: hintForMissing(asked),
  }),
  folder: (asked) => ({
    code: "CONFIG_IS_FOLDER",
    message: `cannot read ${asked.shown}: it is a folder`,
    hint: hintForFolder(asked),
  }),
  denied: ({ shown }) => ({
    code: "CONFIG_UNREADABLE",
    message: `cannot read ${shown}: permission denied`,
    hint: "Make it readable for the user that runs Cairn.",
  }),
  "too-large": ({ shown }) => ({
    code: "CONFIG_TOO_LARGE",
    message: `cannot read ${shown}: it is larger than ${MAX_CONFIG_BYTES / 1024 / 1024} MiB`,
    hint: "A configuration holds settings; keep data in files that components read.",
  }),
  failed: ({ shown }, message) => ({
    code: "CONFIG_UNREADABLE",
    message: `cannot read ${shown}: ${message}`,
  }),
};

/** Reads a file that the user named, or says in one finding why it can't be read. */
export function readConfigFile(
  shown: string,
  cwd: string,
  files: ConfigFiles,
): { readonly bytes: Uint8Array } | { readonly finding: Finding } {
  const absolute = resolve(cwd, shown);
  const reading = files.read(absolute, MAX_CONFIG_BYTES);
  if (reading.ok) return { bytes: reading.bytes };
  return {
    finding: {
      severity: "error",
      file: shown,
      ...SAYINGS[reading.why]({ shown, absolute, files }, reading.message),
    },
  };
}
