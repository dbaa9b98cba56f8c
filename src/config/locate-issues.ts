import { type Finding, nearest, redactFindings } from "../base/mod.ts";
import { findingAt, type HoconField, type HoconNode } from "../hocon/mod.ts";

/** What a schema (valibot's, a plugin's) says of a value, by path into it. */
export interface SchemaIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string | undefined;
}

/** `fetchSize` and `fetch-size` are one key to a component's schema. */
function plain(key: string): string {
  return key.replaceAll("-", "").toLowerCase();
}

function fieldOf(node: HoconNode, key: string): HoconField | undefined {
  if (node.kind !== "object") return undefined;
  const exact = node.fields.get(key);
  if (exact !== undefined) return exact;
  for (const [name, field] of node.fields) if (plain(name) === plain(key)) return field;
  return undefined;
}

/** The deepest value on the path that is there, and whether that is the whole path. */
function follow(
  root: HoconNode,
  path: SchemaIssue["path"],
): { readonly at: HoconNode; readonly whole: boolean } {
  let at = root;
  for (const step of path) {
    const next: HoconNode | undefined =
      at.kind === "array" ? at.items[Number(step)] : fieldOf(at, String(step))?.value;
    if (next === undefined) return { at, whole: false };
    at = next;
  }
  return { at, whole: true };
}

/**
 * Findings for what a schema says of a configured value: at the value itself, or, where it is absent, at the object
 * that should hold it.
 * @param redact More key names that hold secrets.
 * @param label What the value is, for messages: `component 3 "Load(orders)"`.
 */
export function locateIssues(
  root: HoconNode,
  issues: readonly SchemaIssue[],
  label: string,
  redact: readonly string[] = [],
): Finding[] {
  const findings = issues.map((issue) => {
    const { at, whole } = follow(root, issue.path);
    const path = issue.path.join(".");
    const last = String(issue.path.at(-1) ?? "");
    const near =
      whole || at.kind !== "object"
        ? undefined
        : nearest(
            last,
            [...at.fields.keys()].filter((key) => key !== last),
          );
    return findingAt(at, {
      code: "CONFIG_SCHEMA",
      message: `${label}: ${path === "" ? "" : `${path}: `}${issue.message}`,
      hint: issue.hint ?? (near === undefined ? undefined : `Is ${near} meant to be ${last}?`),
    });
  });
  return redactFindings(findings, redact);
}
