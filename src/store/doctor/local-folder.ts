import type { FileSystem } from "../local/file-system.ts";
import { fileSystemOf } from "../local/local-place.ts";
import type { CheckOutcome } from "./trial.ts";

/** What the system says of the room on a file system. */
export interface Room {
  /** Bytes that users may still fill. */
  readonly bytes: number;
  /** Files that may still be made; undefined where the file system has no such bound. */
  readonly files?: number | undefined;
}

/** Below this room a location is a finding. */
const LEAST_BYTES = 100 * 1024 * 1024;
const LEAST_FILES = 1_000;

/** What is worth a word of the file system's kind. */
const KINDS: Readonly<Record<string, string>> = {
  memory: ", on a file system in memory, which is gone after a restart",
  network: ", on a file system that machines share",
};

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** Whether others may change what lies in the folder of a local store. It need not exist: then it will be made 0700. */
export function folderRights(fs: FileSystem, folder: string, uid: number): CheckOutcome {
  const { name, class: kind } = fileSystemOf(fs, folder);
  const facts = { fileSystem: name, kind };
  const real = fs.realPath(folder);
  const found = real === undefined ? undefined : fs.factsAt(real);
  if (found === undefined) {
    return { summary: `${folder} is not there yet; it is made for its user alone`, facts, findings: [] };
  }
  const mode = (found.mode & 0o7777).toString(8).padStart(4, "0");
  const problems: string[] = [];
  if ((found.mode & 0o022) !== 0) problems.push(`others may write to it (mode ${mode})`);
  if (found.uid !== uid && uid !== 0) problems.push(`it belongs to the user with the number ${found.uid}`);
  return {
    summary: `${folder} has mode ${mode}${KINDS[kind] ?? ""}`,
    facts: { ...facts, mode, uid: found.uid },
    findings: problems.map((problem) => ({
      severity: "warning",
      code: "LOCATION_OPEN",
      message: `${folder}: ${problem}; who may write there can change what a resume restores`,
      hint: `chmod go-w ${folder}`,
    })),
  };
}

/** Whether there is room for more records. */
export function freeSpace(folder: string, { bytes, files }: Room): CheckOutcome {
  const text = bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${Math.floor(bytes / MIB)} MiB`;
  const low = bytes < LEAST_BYTES || (files !== undefined && files < LEAST_FILES);
  return {
    summary: `${text} are free`,
    facts: { bytes, ...(files !== undefined && { files }) },
    findings: low
      ? [
          {
            severity: "warning",
            code: "LOCATION_NEARLY_FULL",
            message: `${folder} has room for ${text}${files === undefined ? "" : ` and ${files} files`} only`,
            hint: "Free space there: a run stops (exit 6) when a record can't be written.",
          },
        ]
      : [],
  };
}
