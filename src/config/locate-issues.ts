import { type Finding, nearest, redactFindings } from "../base/mod.ts";
import { findingAt, type HoconField, type HoconNode } from "../hocon/mod.ts";
import { isUnresolved } from "./field.ts";
import type { HookConfig, PipelineConfig, ReadableComponent } from "./pipeline.ts";

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

interface Followed {
  readonly at: HoconNode;
  /** The field that the path ends in, where it ends in one. */
  readonly field: HoconField | undefined;
  readonly whole: boolean;
}

/** The deepest value on the path that is there, and whether that is the whole path. */
function follow(root: HoconNode, path: SchemaIssue["path"]): Followed {
  let at = root;
  let field: HoconField | undefined;
  for (const step of path) {
    field = fieldOf(at, String(step));
    const next = at.kind === "array" ? at.items[Number(step)] : field?.value;
    if (next === undefined) return { at, field: undefined, whole: false };
    at = next;
  }
  return { at, field, whole: true };
}

/** The value that a schema judged. */
export interface Judged {
  /** The object that holds it, which findings for an absent value point at. */
  readonly node: HoconNode;
  /** The path from there to the value. Default: the object itself. */
  readonly prefix?: SchemaIssue["path"] | undefined;
  /** What the value is, for messages: `component 3 "Load(orders)"`. */
  readonly label: string;
  /** More key names that hold secrets. */
  readonly redact?: readonly string[] | undefined;
  /** Texts that stand for values yet to come; what a schema says of those is left out. */
  readonly placeholders?: ReadonlySet<string> | undefined;
}

/** A component's `instance-config` as the value that its schema judges. */
export function judgedComponent({ index, instanceName, node }: ReadableComponent): Judged {
  const name = instanceName === "" ? "" : ` ${JSON.stringify(instanceName)}`;
  return { node, prefix: ["instance-config"], label: `component ${index + 1}${name}` };
}

/** The settings of one entry of `hooks` as the value that their schema judges. */
export function judgedHook(hook: HookConfig): Judged {
  return { node: hook.node, label: `hook ${hook.index + 1} (${hook.type})` };
}

/** Keys of `checkpoint` (`on-store-failure`, or with the path `store` the store's own settings) as what is judged. */
export function judgedCheckpoint(pipeline: PipelineConfig, ...prefix: readonly string[]): Judged {
  const { checkpoint, redact, root } = pipeline;
  return {
    node: checkpoint.node ?? root.fields.get("pipeline")?.value ?? root,
    prefix: checkpoint.node === undefined ? [] : prefix,
    label: ["pipeline.checkpoint", ...prefix].join("."),
    redact,
  };
}

function near(at: HoconNode, whole: boolean, last: string): string | undefined {
  if (whole || at.kind !== "object") return undefined;
  const written = nearest(
    last,
    [...at.fields.keys()].filter((key) => key !== last),
  );
  return written === undefined ? undefined : `Is ${written} meant to be ${last}?`;
}

/** A finding at a key of what is judged, or at a place below one, for what came of its value: a type that leads nowhere. */
export function locateProblem(
  judged: Judged,
  key: string | SchemaIssue["path"],
  problem: Pick<Finding, "code" | "message" | "hint"> & Partial<Pick<Finding, "severity">>,
): Finding[] {
  const { at } = follow(judged.node, typeof key === "string" ? [key] : key);
  const { severity, code, message, hint } = problem;
  const finding = findingAt(at, {
    code,
    message: `${judged.label}: ${message}`,
    hint,
    ...(severity === undefined ? {} : { severity }),
  });
  return redactFindings([finding], judged.redact);
}

/**
 * Findings for what a schema says of a configured value: at the value itself, or, where it is absent, at the object
 * that should hold it. Unknown keys are marked at the key.
 */
export function locateIssues(judged: Judged, issues: readonly SchemaIssue[]): Finding[] {
  const placeholders = judged.placeholders ?? new Set();
  const findings = issues.flatMap((issue) => {
    const { at, field, whole } = follow(judged.node, [...(judged.prefix ?? []), ...issue.path]);
    if (whole && isUnresolved(at, placeholders)) return [];
    const path = issue.path.join(".");
    return findingAt(issue.message.startsWith("unknown key") && field !== undefined ? field : at, {
      code: "CONFIG_SCHEMA",
      message: `${judged.label}: ${path === "" ? "" : `${path}: `}${issue.message}`,
      hint: issue.hint ?? near(at, whole, String(issue.path.at(-1) ?? "")),
    });
  });
  return redactFindings(findings, judged.redact);
}
