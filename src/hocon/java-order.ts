/*
 * The reference keeps fields in Java's HashMap and resolves them in its order. Where substitutions
 * go in circles through optional ones, the order decides what comes out, so it is kept here.
 */

/** Java's default number of buckets. */
const MIN_BUCKETS = 16;
/** A table grows when it holds more than this share of its buckets. */
const LOAD = 0.75;

/** Java's `String.hashCode`, spread as `HashMap` spreads it. */
function spreadHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash ^ (hash >>> 16);
}

/** How many buckets a table of so many keys has: a grown one, or one made to measure for a copy. */
function bucketsFor(size: number, tight: boolean): number {
  let buckets = tight ? 1 : MIN_BUCKETS;
  while (tight ? buckets < Math.trunc(size / LOAD + 1) : size > buckets * LOAD) buckets *= 2;
  return buckets;
}

/** Some of an object's keys in the order in which a Java HashMap of `size` keys would give them. */
export function inJavaOrder(keys: readonly string[], size: number, tight: boolean): readonly string[] {
  if (keys.length < 2) return keys;
  const mask = bucketsFor(size, tight) - 1;
  const buckets = keys.map((key) => spreadHash(key) & mask);
  if (isAscending(buckets)) return keys;
  const order = Array.from(keys.keys()).toSorted((a, b) => (buckets[a] ?? 0) - (buckets[b] ?? 0));
  return order.map((index) => keys[index] ?? "");
}

function isAscending(numbers: readonly number[]): boolean {
  for (let i = 1; i < numbers.length; i++) if ((numbers[i - 1] ?? 0) > (numbers[i] ?? 0)) return false;
  return true;
}
