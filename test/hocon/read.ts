import {
  type HoconObject,
  type IncludeSource,
  noIncludes,
  type ReadRequest,
  readHocon,
  type ReadResult,
  toJson,
} from "../../src/hocon/mod.ts";

/** Reads a text as `main.conf` without includes and environment, unless told otherwise. */
export function readText(text: string, more: Partial<ReadRequest> = {}): ReadResult {
  return readHocon({ text, file: "main.conf", includes: noIncludes, env: {}, ...more });
}

/** The tree of a text that has to be good. */
export function treeOf(text: string, more: Partial<ReadRequest> = {}): HoconObject {
  const { root, findings } = readText(text, more);
  if (!root) throw new Error(`not read: ${findings.map(({ message }) => message).join("; ")}`);
  return root;
}

/** The plain value of a text that has to be good. */
export function valueOf(text: string, more: Partial<ReadRequest> = {}): unknown {
  return JSON.parse(JSON.stringify(toJson(treeOf(text, more))));
}

/** The findings of a text as `file:line:column message`. */
export function messagesOf(text: string, more: Partial<ReadRequest> = {}): string[] {
  return readText(text, more).findings.map(
    ({ place, message }) => `${place?.line}:${place?.column} ${message}`,
  );
}

/** Includes out of a record of names and texts, whatever kind they are asked as. */
export function includesOf(texts: Readonly<Record<string, string>>): IncludeSource {
  return {
    read(_kind, name) {
      const text = Object.hasOwn(texts, name) ? texts[name] : undefined;
      return text === undefined ? undefined : { file: name, text };
    },
  };
}
