import { isPlainPathPart } from "./characters.ts";

/** A path as a linked list of keys; tails are shared. */
export class KeyPath {
  readonly first: string;
  readonly rest: KeyPath | undefined;
  readonly length: number;
  /** Equal for equal paths and for no others: each key with its length in front. */
  readonly id: string;

  constructor(first: string, rest: KeyPath | undefined) {
    this.first = first;
    this.rest = rest;
    this.length = rest ? rest.length + 1 : 1;
    this.id = `${first.length}:${first}${rest ? rest.id : ""}`;
  }

  keys(): string[] {
    const keys = [this.first];
    for (let path = this.rest; path; path = path.rest) keys.push(path.first);
    return keys;
  }
}

/** The path of some keys, in front of another path; undefined for no keys at all. */
export function keyPath(keys: readonly string[], tail?: KeyPath): KeyPath | undefined {
  return keys.reduceRight<KeyPath | undefined>((rest, key) => new KeyPath(key, rest), tail);
}

function isPlainKey(key: string): boolean {
  for (let i = 0; i < key.length; i++) if (!isPlainPathPart(key.charCodeAt(i))) return false;
  return key !== "";
}

/** Keys as a path expression that reads back to the same keys. */
export function pathText(keys: readonly string[]): string {
  return keys.map((key) => (isPlainKey(key) ? key : JSON.stringify(key))).join(".");
}
