import type { Finding } from "../base/mod.ts";
import type { HoconNode } from "../hocon/mod.ts";

/** Where decoding puts what it finds; everything is decoded as far as it goes, nothing stops at the first error. */
export interface Decoding {
  readonly findings: Finding[];
  /** Texts such as `${NAME}` that stand for values yet to come (`--allow-unset-env`); empty otherwise. */
  readonly placeholders: ReadonlySet<string>;
}

/** Whether a value is yet to come, wholly or in part. */
export function isUnresolved(node: HoconNode, placeholders: ReadonlySet<string>): boolean {
  if (placeholders.size === 0 || node.kind !== "string") return false;
  for (const placeholder of placeholders) if (node.value.includes(placeholder)) return true;
  return false;
}

/** How one kind of value is read. `undefined` means: refused, and the finding is reported. */
export interface Kind<T> {
  /** For the reference: `duration`, `one of refuse, rerun, accept`. */
  readonly name: string;
  /** Values are texts, so that a value yet to come can stand as it is. */
  readonly isText?: boolean;
  /** @param what The value for messages: `"timeout" in pipeline`. */
  read(node: HoconNode, what: string, decoding: Decoding): T | undefined;
}

/** One key of a section. */
export interface Field<T> {
  /** As written in the file. */
  readonly key: string;
  /** One sentence for the reference. */
  readonly doc: string;
  readonly kind: Kind<Exclude<T, undefined>>;
  /** The key must be there. Default false. */
  readonly required?: boolean;
  /** The value where the key is absent (or null); none: undefined. */
  readonly default?: T;
  /** What the reference says instead of the default value. */
  readonly defaultText?: string;
}

/** A field without its type, for walks over a section. */
export type AnyField = Field<unknown>;

type Fields<T> = { readonly [K in keyof T]-?: Field<T[K]> };

/**
 * One block of the configuration: the only description of its keys, from which decoding, the check for unknown
 * keys and `docs/reference/configuration.md` all come.
 */
export interface Section<T> {
  /** Where it stands: `pipeline.checkpoint`. */
  readonly path: string;
  readonly doc: string;
  /** Other keys are the user's own and no error. */
  readonly open: boolean;
  readonly fields: Fields<T>;
  /** The fields with the names of their properties, in order. */
  readonly entries: readonly (readonly [property: string, field: AnyField])[];
  /** The keys as written in files. */
  readonly keys: ReadonlySet<string>;
}

/** Makes a {@link Section}. */
export function section<T>(facts: {
  readonly path: string;
  readonly doc: string;
  readonly fields: Fields<T>;
  /** Default false. */
  readonly open?: boolean;
}): Section<T> {
  const entries = Object.entries<AnyField>(facts.fields as Readonly<Record<string, AnyField>>);
  return {
    ...facts,
    open: facts.open ?? false,
    entries,
    keys: new Set(entries.map(([, field]) => field.key)),
  };
}
