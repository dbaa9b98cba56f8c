import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nearest } from "../base/mod.ts";
import { fileError } from "./file-error.ts";

/** A path or URI, taken apart. */
export interface FileUri {
  readonly kind: "local" | "s3" | "hdfs";
  /** What comes before the path: empty for local files, else `s3a://bucket`, `hdfs://nameservice`. */
  readonly place: string;
  /** Local: the absolute path. Else the key or the path from the root, without slashes at its ends. */
  readonly path: string;
  /** As people should see it, and as it is given on. */
  readonly text: string;
}

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;
const KINDS: Readonly<Record<string, FileUri["kind"]>> = {
  s3: "s3",
  s3a: "s3",
  hdfs: "hdfs",
  webhdfs: "hdfs",
  swebhdfs: "hdfs",
};
const REMOTE = /^[^:]+:(?:\/\/([^/]*))?(\/[^]*)?$/;

/** Reads a path or URI; relative paths count from `folder`. Paths of URIs are taken as written, `file:` ones are decoded. */
export function parseFileUri(text: string, folder: string): FileUri {
  if (text === "" || text.includes("\0")) {
    throw invalid(text, text === "" ? "it is empty" : "it has a NUL character");
  }
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === "file") return localUri(text, scheme, folder);
  const kind = KINDS[scheme];
  if (kind === undefined) {
    const known = ["file", ...Object.keys(KINDS)];
    const near = nearest(scheme, known);
    throw fileError(
      "FILE_SCHEME_UNKNOWN",
      `Cannot use ${shown(text)}: no file system has the scheme "${scheme}"`,
      {
        kind: "config",
        hint: `${near === undefined ? "" : `Did you mean "${near}"? `}Known schemes: ${known.join(", ")}; a plain path is a local file.`,
      },
    );
  }
  const [, authority = "", written = ""] = REMOTE.exec(text) ?? [];
  const path = written.replace(/^\/+|\/+$/g, "");
  if (authority.includes("@"))
    throw invalid(text.replace(/\/\/.*@/, "//…@"), "a URI is no place for keys or users");
  if (kind === "s3" && authority === "") throw invalid(text, "it names no bucket");
  const parts = path === "" ? [] : path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".." || hasControls(part))) {
    throw invalid(text, "its path has an empty part, a dot part or a control character");
  }
  const place = `${scheme}://${authority}`;
  return { kind, place, path, text: path === "" ? `${place}/` : `${place}/${path}` };
}

/** The URI of something in a folder. */
export function childUri(folder: string, name: string): string {
  return folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`;
}

/** The folder that a URI lies in, and its name there. */
export function splitUri(uri: string): { readonly folder: string; readonly name: string } {
  const at = uri.lastIndexOf("/");
  const folder = uri.slice(0, at);
  return { folder: folder === "" || folder.endsWith("/") ? `${folder}/` : folder, name: uri.slice(at + 1) };
}

function localUri(text: string, scheme: string | undefined, folder: string): FileUri {
  if (text.startsWith("~")) throw invalid(text, '"~" is expanded by shells, not by Cairn');
  let path: string;
  try {
    path = scheme === undefined ? resolve(folder, text) : resolve(fileURLToPath(text));
  } catch (thrown) {
    throw invalid(text, "its file: URI is none of this machine", thrown);
  }
  return { kind: "local", place: "", path, text: path };
}

function hasControls(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\u007f");
}

function shown(text: string): string {
  return JSON.stringify(text.replace(/\/\/[^/]*@/, "//…@"));
}

function invalid(text: string, why: string, cause?: unknown): Error {
  return fileError("FILE_URI_INVALID", `Cannot use ${shown(text)} as a path or URI: ${why}`, {
    kind: "config",
    hint: "Write a path, file:///PATH, s3a://BUCKET/KEY, hdfs:///PATH or hdfs://NAMESERVICE/PATH.",
    cause,
  });
}
