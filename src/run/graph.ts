import type { ComponentConfig } from "../config/mod.ts";

/** What of a component says where it stands. */
type Ordered = Pick<ComponentConfig, "enabled" | "instanceName" | "index" | "dependsOn">;

/** What one component comes after. */
export interface Dependencies {
  /** Indexes of the components that must be over before it starts. */
  readonly after: readonly number[];
  /** True where one of them that failed keeps it from running: they were named in `depends-on`. */
  readonly needsSuccess: boolean;
}

/**
 * The dependencies of all components. `depends-on` absent: after the enabled component before it in the file,
 * whatever became of that one; named: after those, and only if none failed; `[]`: after none. Disabled
 * components take no part. The configuration has been checked for unknown names and cycles.
 */
export function dependenciesOf(components: readonly Ordered[]): readonly Dependencies[] {
  const byName = new Map<string, number>();
  for (const { enabled, instanceName, index } of components) if (enabled) byName.set(instanceName, index);
  let previous: number | undefined;
  return components.map(({ enabled, dependsOn, index }) => {
    if (!enabled) return { after: [], needsSuccess: false };
    const before = previous === undefined ? [] : [previous];
    previous = index;
    if (dependsOn === undefined) return { after: before, needsSuccess: false };
    const named = new Set(dependsOn.flatMap((name) => byName.get(name) ?? []));
    return { after: [...named].toSorted((a, b) => a - b), needsSuccess: true };
  });
}

/**
 * The dependencies of a run that leaves components out: who came after one of those comes after what that one
 * came after. The ones left out come after nothing.
 */
export function withoutLeftOut(
  dependencies: readonly Dependencies[],
  leftOut: ReadonlySet<number>,
): readonly Dependencies[] {
  if (leftOut.size === 0) return dependencies;
  return dependencies.map(({ after, needsSuccess }, index) => {
    if (leftOut.has(index)) return { after: [], needsSuccess: false };
    const found = new Set<number>();
    const seen = new Set<number>();
    const open = [...after];
    for (let before = open.pop(); before !== undefined; before = open.pop()) {
      if (seen.has(before)) continue;
      seen.add(before);
      if (leftOut.has(before)) open.push(...(dependencies[before]?.after ?? []));
      else found.add(before);
    }
    return { after: [...found].toSorted((a, b) => a - b), needsSuccess };
  });
}
