import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as hocon from "../../src/hocon/mod.ts";
import { MAX_INCLUDE_DEPTH, MAX_NESTING, MAX_RESOLVE_DEPTH, MAX_TREE_DEPTH } from "../../src/hocon/limits.ts";

const root = join(import.meta.dir, "../..");
const page = readFileSync(join(root, "docs/hocon.md"), "utf8");

test("the page's example runs and gives what it says", async () => {
  const code = /```ts\n([^]*?)```/u.exec(page)?.[1] ?? "";
  const folder = mkdtempSync(join(tmpdir(), "hocon-docs-"));
  try {
    const file = join(folder, "example.ts");
    writeFileSync(file, `${code.replace('"../src/', `"${root}/src/`)}\nexport { duration, findings };\n`);
    const example = (await import(file)) as { duration: unknown; findings: unknown };
    expect(example).toMatchObject({
      duration: { ok: true, value: { ms: 30_000, nanos: 30_000_000_000n } },
      findings: [],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the page names every function of the room's door", () => {
  const missing = Object.keys(hocon).filter((name) => !page.includes(name));
  expect(missing).toEqual([]);
});

test("the page's limits are the room's", () => {
  for (const limit of [MAX_NESTING, MAX_TREE_DEPTH, MAX_INCLUDE_DEPTH, MAX_RESOLVE_DEPTH]) {
    expect(page).toContain(limit.toLocaleString("en"));
  }
});
