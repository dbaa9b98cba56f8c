import { nearest } from "../base/mod.ts";

/** So many names are offered at most. */
const MAX_OFFERED = 3;

function lastSegment(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1);
}

/** Types like the wanted one, best first: as a whole, then those with the same or nearly the same last name. */
export function nearestTypes(wanted: string, candidates: readonly string[]): readonly string[] {
  const rest = new Set(candidates);
  rest.delete(wanted);
  const offered: string[] = [];
  while (offered.length < MAX_OFFERED) {
    const near = nearest(wanted, rest);
    if (near === undefined) break;
    offered.push(near);
    rest.delete(near);
  }
  const last = lastSegment(wanted);
  for (const candidate of rest) {
    if (offered.length >= MAX_OFFERED) break;
    if (lastSegment(candidate).toLowerCase() === last.toLowerCase()) offered.push(candidate);
  }
  return offered;
}
