import { CairnError, type JsonObject, type JsonValue, nearest } from "../base/mod.ts";
import type { ComponentConfig } from "../config/mod.ts";
import type { Dependencies } from "./graph.ts";

/** Which components a run is about, by instance name. */
export interface Selection {
  /** These and all that come after them. Empty: all. */
  readonly from: readonly string[];
  /** These and all that they come after. Empty: all. */
  readonly to: readonly string[];
  /** These and no others. Empty: all. */
  readonly only: readonly string[];
  /** All but these. */
  readonly skip: readonly string[];
}

const WAYS = ["from", "to", "only", "skip"] as const;

/** A selection as it is given: undefined where no name is. */
export function selectionOf(names: {
  readonly [Way in keyof Selection]?: Selection[Way] | undefined;
}): Selection | undefined {
  const selection: Selection = {
    from: names.from ?? [],
    to: names.to ?? [],
    only: names.only ?? [],
    skip: names.skip ?? [],
  };
  return WAYS.some((way) => selection[way].length > 0) ? selection : undefined;
}

/** A selection as the journal's header and documents have it. */
export function selectionRecord(selection: Selection): JsonObject {
  return Object.fromEntries(
    WAYS.flatMap((way) => (selection[way].length > 0 ? [[way, selection[way]]] : [])),
  );
}

/** The selection that a header holds. */
export function readSelection(kept: JsonValue | undefined): Selection | undefined {
  if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return undefined;
  const record = kept as JsonObject;
  const names = (way: string): string[] => {
    const listed = record[way];
    return Array.isArray(listed) ? listed.filter((one) => typeof one === "string") : [];
  };
  return selectionOf(Object.fromEntries(WAYS.map((way) => [way, names(way)])));
}

/** What follows, over any number of edges; the start included. */
function reach(starts: ReadonlySet<number>, edges: (index: number) => readonly number[]): Set<number> {
  const reached = new Set(starts);
  const open = [...starts];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const one of edges(next)) {
      if (reached.has(one)) continue;
      reached.add(one);
      open.push(one);
    }
  }
  return reached;
}

function followersOf(dependencies: readonly Dependencies[]): readonly (readonly number[])[] {
  const followers: number[][] = dependencies.map(() => []);
  for (const [index, { after }] of dependencies.entries()) {
    for (const before of after) followers[before]?.push(index);
  }
  return followers;
}

/**
 * The indexes that a selection leaves out. `dependencies` are those of the whole pipeline.
 * Throws SELECTION_INVALID (exit 2) for names that no component has, or several.
 */
export function leftOutBy(
  selection: Selection,
  components: readonly ComponentConfig[],
  dependencies: readonly Dependencies[],
): ReadonlySet<number> {
  const named = namedIn(selection, components);
  const followers = followersOf(dependencies);
  const from = named.from.size === 0 ? undefined : reach(named.from, (index) => followers[index] ?? []);
  const to = named.to.size === 0 ? undefined : reach(named.to, (index) => dependencies[index]?.after ?? []);
  const leftOut = new Set(named.skip);
  for (const { index } of components) {
    const chosen =
      (named.only.size === 0 || named.only.has(index)) &&
      from?.has(index) !== false &&
      to?.has(index) !== false;
    if (!chosen) leftOut.add(index);
  }
  return leftOut;
}

type Named = { readonly [Way in keyof Selection]: ReadonlySet<number> };

function namedIn(selection: Selection, components: readonly ComponentConfig[]): Named {
  const places = new Map<string, number[]>();
  for (const { index, instanceName } of components) {
    const known = places.get(instanceName);
    if (known === undefined) places.set(instanceName, [index]);
    else known.push(index);
  }
  const problems: string[] = [];
  const hints: string[] = [];
  const find = (way: keyof Selection): Set<number> =>
    new Set(
      selection[way].flatMap((name) => {
        const found = places.get(name) ?? [];
        if (found.length === 1) return found;
        const given = `--${way} names ${JSON.stringify(name)}`;
        if (found.length > 1) {
          problems.push(
            `${given}, and components ${found.map((index) => index + 1).join(" and ")} have that name`,
          );
          hints.push("Give each of them a name of its own.");
          return [];
        }
        problems.push(`${given}, and no component has that name`);
        const meant = nearest(name, places.keys());
        hints.push(
          meant === undefined
            ? `The components are ${[...places.keys()].map((one) => JSON.stringify(one)).join(", ")}.`
            : `Did you mean ${JSON.stringify(meant)}?`,
        );
        return [];
      }),
    );
  const named: Named = { from: find("from"), to: find("to"), only: find("only"), skip: find("skip") };
  if (problems.length === 0) return named;
  throw new CairnError(`Cannot select components: ${problems.join("; ")}`, {
    code: "SELECTION_INVALID",
    kind: "config",
    hint: [...new Set(hints)].join(" "),
  });
}
