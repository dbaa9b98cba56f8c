import type { ComponentHeader } from "./events.ts";

/** Which component of a run stands for which of another: by name, duplicates by their occurrence. */
export interface Matching {
  /** By present index: the index in the run that is resumed. */
  readonly before: readonly (number | undefined)[];
  /** By index in the run that is resumed: the present one. */
  readonly now: readonly (number | undefined)[];
}

/** Finds the components of an earlier run again. */
export function matchComponents(
  before: readonly ComponentHeader[],
  now: readonly ComponentHeader[],
): Matching {
  const places = new Map<string, number[]>();
  for (const [index, { name }] of before.entries()) {
    const known = places.get(name);
    if (known === undefined) places.set(name, [index]);
    else known.push(index);
  }
  const back: (number | undefined)[] = Array.from({ length: before.length });
  const seen = new Map<string, number>();
  const found = now.map(({ name }, index) => {
    const occurrence = seen.get(name) ?? 0;
    seen.set(name, occurrence + 1);
    const place = places.get(name)?.[occurrence];
    if (place !== undefined) back[place] = index;
    return place;
  });
  return { before: found, now: back };
}

/**
 * Present indexes of components that have changed places with a completed one: something that came before it
 * comes after it now, or the other way round. `completed` is by present index.
 */
export function reordered(matching: Matching, completed: (index: number) => boolean): ReadonlySet<number> {
  const moved = new Set<number>();
  let furthest = -1;
  for (const [index, before] of matching.before.entries()) {
    if (before === undefined) continue;
    if (before < furthest && completed(index)) moved.add(index);
    furthest = Math.max(furthest, before);
  }
  let nearest = Infinity;
  for (let index = matching.before.length - 1; index >= 0; index--) {
    const before = matching.before[index];
    if (before === undefined || !completed(index)) continue;
    if (before > nearest) moved.add(index);
    nearest = Math.min(nearest, before);
  }
  return moved;
}
