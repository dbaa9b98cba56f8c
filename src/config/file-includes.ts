import { dirname, isAbsolute, join, resolve } from "node:path";
import type { IncludedText, IncludeSource } from "../hocon/mod.ts";
import { type ConfigFiles, MAX_CONFIG_BYTES } from "./config-files.ts";
import type { UrlText } from "./url-texts.ts";

/** The most bytes that all includes of one configuration may have together; each include of a file counts. */
const MAX_INCLUDED_BYTES = 2 * MAX_CONFIG_BYTES;

const URL_NAME = /^[a-z][a-z0-9+.-]*:\/\//iu;

export interface FileIncludesOptions {
  readonly files: ConfigFiles;
  /** Absolute; what `include file("x")` counts from, and relative names in texts without a file. */
  readonly cwd: string;
  /** Texts of URLs that are known so far. */
  readonly urls: ReadonlyMap<string, UrlText>;
  /** URLs that were asked for and are not known yet are added here; their includes give nothing meanwhile. */
  readonly wanted: Set<string>;
}

/** Adds up what was included, so that includes that multiply each other end in a message. */
function budget(): (text: IncludedText) => IncludedText {
  let spent = 0;
  return (text) => {
    spent += text.text.length;
    if (spent > MAX_INCLUDED_BYTES) {
      throw new Error(
        `the includes of this configuration have more than ${MAX_INCLUDED_BYTES} bytes together`,
      );
    }
    return text;
  };
}

/**
 * Includes from files and, where they were fetched, from http(s) URLs. Relative names count from the including
 * file's folder; `file("…")` from the working directory.
 */
export function fileIncludes(options: FileIncludesOptions): IncludeSource {
  const spend = budget();

  const readFile = (shown: string): IncludedText | undefined => {
    const reading = options.files.read(resolve(options.cwd, shown), MAX_CONFIG_BYTES);
    if (reading.ok) return spend({ file: shown, text: reading.bytes });
    if (reading.why === "missing") return undefined;
    throw new Error(`cannot read ${shown}: ${reading.message}`);
  };
  const readUrl = (url: string): IncludedText | undefined => {
    const { protocol } = new URL(url);
    if (protocol !== "http:" && protocol !== "https:") {
      throw new Error(`only http and https URLs can be included, not ${protocol}//`);
    }
    const known = options.urls.get(url);
    if (known === undefined) {
      options.wanted.add(url);
      return undefined;
    }
    if (known.kind === "missing") return undefined;
    if (known.kind === "failed") throw new Error(`cannot get ${url}: ${known.message}`);
    return spend({ file: url, text: known.bytes });
  };

  return {
    read(kind, name, fromFile) {
      if (kind === "url") return readUrl(name);
      if (kind === "file" || isAbsolute(name)) return readFile(name);
      if (URL_NAME.test(fromFile)) return readUrl(new URL(name, fromFile).href);
      return readFile(join(dirname(fromFile), name));
    },
  };
}
