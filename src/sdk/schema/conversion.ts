/** A place in a configuration: keys of objects, indexes of lists. */
export type ConfigPath = readonly (string | number)[];

/** Something wrong with a configuration, at the place where the user wrote it. */
export interface ConfigIssue {
  readonly path: ConfigPath;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** How the schema's names of a value's parts are written by the user. Mutable while a value is converted. */
export interface Trail {
  /** By the schema's key: the written key and the part's own trail. */
  readonly parts: Map<string | number, { readonly written: string | number; readonly trail: Trail }>;
  /** Spelling of an entry that is not there. */
  spell(entry: string): string;
  /** Issues of the option of a union that was meant, in place of the union's own. */
  meant?: readonly ConfigIssue[];
}

export interface Converted {
  readonly value: unknown;
  readonly trail: Trail;
}

/** What a conversion carries along. */
export interface Conversion {
  /** False: no scalar changes its type (the first look at the options of a union). */
  readonly coerce: boolean;
  /** The text of a number as written, where it differs from JavaScript's. */
  numberText(path: ConfigPath): string | undefined;
  /** True for keys whose values may not be shown. */
  isSecret(key: string): boolean;
  readonly issues: ConfigIssue[];
}

/** A trail without parts. */
export function newTrail(): Trail {
  return { parts: new Map(), spell: (entry) => entry };
}

/** What is neither scalar, list nor null. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Sets an own property, whatever its name (`__proto__` is an ordinary key). */
export function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
