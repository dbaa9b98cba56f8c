/** Chance that can be repeated: the same seed gives the same numbers. */
export interface Seeded {
  /** Unsigned 32 bits. */
  readonly seed: number;
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform whole number in [0, below). */
  int(below: number): number;
  /** One of the items; throws on none. */
  pick<T>(items: readonly T[]): T;
}

/**
 * A generator whose seed is `CAIRN_SEED` where that is set, else new; the seed is printed to stderr with
 * the command part that repeats it, because a random failure that can't be repeated is worth little.
 */
export function seeded(what: string): Seeded {
  const given = process.env["CAIRN_SEED"];
  const seed =
    given === undefined ? crypto.getRandomValues(new Uint32Array(1))[0] : Number.parseInt(given, 10);
  if (seed === undefined || !Number.isInteger(seed))
    throw new Error(`CAIRN_SEED=${given} is not a whole number`);
  process.stderr.write(`${what}: seed ${seed} (CAIRN_SEED=${seed} repeats it)\n`);
  return fromSeed(seed);
}

/** The generator of one seed (mulberry32: 32 bits of state, good enough to choose test cases with). */
export function fromSeed(seed: number): Seeded {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    seed: seed >>> 0,
    next,
    int,
    pick(items) {
      if (items.length === 0) throw new RangeError("Cannot pick from an empty list");
      return items[int(items.length)] as (typeof items)[number];
    },
  };
}
