import type { DecisionReason } from "./decision.ts";
import type { ComponentHeader } from "./events.ts";

/** Why a completed component runs again, or what else begins a rerun. */
export interface Cause {
  readonly reason: DecisionReason;
  readonly explanation: string;
}

/** Which components run again: those given as causes, and every later or dependent one. */
export class Reruns {
  readonly #causes = new Map<number, Cause>();
  /** By index: the cause's index that it comes after. */
  readonly #affected: (number | undefined)[];
  readonly #dependents: readonly (readonly number[])[];

  constructor(components: readonly ComponentHeader[]) {
    this.#affected = Array.from({ length: components.length });
    this.#dependents = dependentsOf(components);
  }

  /** One more cause; the first cause of a component stays. */
  add(index: number, cause: Cause): void {
    if (!this.#causes.has(index)) this.#causes.set(index, cause);
    const open = [...(this.#dependents[index] ?? [])];
    for (
      let later = index + 1;
      later < this.#affected.length && this.#affected[later] === undefined;
      later++
    ) {
      open.push(later);
    }
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (this.#affected[next] !== undefined || next === index) continue;
      this.#affected[next] = index;
      open.push(...(this.#dependents[next] ?? []));
      const after = next + 1;
      if (after < this.#affected.length && this.#affected[after] === undefined) open.push(after);
    }
  }

  /** True where the component runs again. */
  has(index: number): boolean {
    return this.#causes.has(index) || this.#affected[index] !== undefined;
  }

  /** Its own cause. */
  cause(index: number): Cause | undefined {
    return this.#causes.get(index);
  }

  /** The cause's index that it comes after, where it comes after one. */
  after(index: number): number | undefined {
    return this.#affected[index];
  }
}

/** By index: the indexes of those that come after it directly. */
export function dependentsOf(components: readonly ComponentHeader[]): readonly (readonly number[])[] {
  const dependents: number[][] = components.map(() => []);
  for (const [index, component] of components.entries()) {
    for (const before of component.after) dependents[before]?.push(index);
  }
  return dependents;
}
