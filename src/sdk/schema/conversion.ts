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
  /** What was done already for options of unions and lazy schemas. Shared by a whole conversion. */
  readonly attempts: AttemptMemory;
}

/** Does something for a schema at a place, with issues of its own, or gives what it gave before. */
export function remember(
  schema: object,
  path: ConfigPath,
  run: Conversion,
  attempt: (inner: Conversion) => Attempt,
): Attempt {
  const { attempts } = run;
  const known = attempts.known.get(schema) ?? new Map<string, Attempt>();
  attempts.known.set(schema, known);
  const key = `${run.coerce} ${JSON.stringify(path)}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  if (attempts.left-- <= 0) throw new RangeError("its unions hold too many possibilities");
  const fresh = attempt({ ...run, issues: [] });
  known.set(key, fresh);
  return fresh;
}

/** How well an option of a union fits. */
export interface Attempt {
  readonly converted: Converted;
  readonly issues: readonly ConfigIssue[];
}

/**
 * Attempts by schema, then by place and kind of reading. Unions in unions are tried again from each level above;
 * remembering keeps that linear. `left` bounds it where schemas are made anew at each call of a `lazy`.
 */
export interface AttemptMemory {
  readonly known: WeakMap<object, Map<string, Attempt>>;
  left: number;
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

/** Keys that valibot drops from records and open objects without a word, to keep prototypes safe. */
const DROPPED_KEYS: ReadonlySet<string> = new Set(["__proto__", "prototype", "constructor"]);

/** Tells of a key that valibot would drop; true where it would. */
export function tellDropped(key: string, path: ConfigPath, run: Conversion): boolean {
  if (!DROPPED_KEYS.has(key)) return false;
  run.issues.push({
    path: [...path, key],
    message: `the key "${key}" can't be kept here`,
    hint: "Choose another key; a plugin that needs such keys takes them with v.map.",
  });
  return true;
}
