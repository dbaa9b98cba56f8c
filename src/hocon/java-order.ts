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

/** How many buckets a table has that grew to so many keys. */
function grownBuckets(size: number): number {
  let buckets = MIN_BUCKETS;
  while (size > buckets * LOAD) buckets *= 2;
  return buckets;
}

/** How many buckets a table has that was made to measure for a copy of so many keys. */
function measuredBuckets(size: number): number {
  let buckets = 1;
  while (buckets < Math.trunc(size / LOAD + 1)) buckets *= 2;
  return buckets;
}

/**
 * Some of an object's keys in the order in which a Java HashMap of `size` keys would give them;
 * `copiedFrom` is the size of the table that it was copied from, if it was.
 */
export function inJavaOrder(
  keys: readonly string[],
  size: number,
  copiedFrom: number | undefined,
): readonly string[] {
  if (keys.length < 2) return keys;
  const mask = (copiedFrom === undefined ? grownBuckets(size) : measuredBuckets(copiedFrom)) - 1;
  const buckets = keys.map((key) => spreadHash(key) & mask);
  if (isAscending(buckets)) return keys;
  const order = Array.from(keys.keys()).toSorted((a, b) => (buckets[a] ?? 0) - (buckets[b] ?? 0));
  return order.map((index) => keys[index] ?? "");
}

function isAscending(numbers: readonly number[]): boolean {
  for (let i = 1; i < numbers.length; i++) if ((numbers[i - 1] ?? 0) > (numbers[i] ?? 0)) return false;
  return true;
}
