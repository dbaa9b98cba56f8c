/** What a test run came to. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Full names of tests that were skipped; each says its reason. */
  readonly skipped: readonly string[];
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Reads the JUnit file that `bun test --reporter=junit` writes. */
export function countJunit(xml: string): Counts {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  for (const [, attributes = "", body] of xml.matchAll(
    /<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g,
  )) {
    if (body !== undefined && /<(failure|error)\b/.test(body)) failed++;
    else if (body !== undefined && /<skipped\b/.test(body)) skipped.push(fullName(attributes));
    else passed++;
  }
  return { passed, failed, skipped };
}

/** The name with those of the groups that it stands in, which may hold the reason for a skip. */
function fullName(attributes: string): string {
  const group = attribute(attributes, "classname");
  const inGroup = group !== "" && group !== attribute(attributes, "file");
  return `${inGroup ? `${group} > ` : ""}${attribute(attributes, "name")}`;
}

function attribute(attributes: string, name: string): string {
  const written = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
  return written.replaceAll(
    /&(?:#(\d+)|(\w+));/g,
    (whole, code: string | undefined, entity: string | undefined) =>
      code === undefined ? (ENTITIES[entity ?? ""] ?? whole) : String.fromCodePoint(Number(code)),
  );
}
