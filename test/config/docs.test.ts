import { expect, test } from "bun:test";
import { join } from "node:path";
import { root } from "../kit/mod.ts";
import { loadText } from "./load.ts";

const page = await Bun.file(join(root, "docs/configuration.md")).text();

/** The first fenced block of a language. */
function block(language: string): string {
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "u").exec(page)?.[1] ?? "";
}

test("the page's example has no findings", async () => {
  const { findings, pipeline } = await loadText(block("hocon"));
  expect(findings).toEqual([]);
  expect(pipeline?.components).toHaveLength(2);
});

test("the page's message is what is really said", async () => {
  const [, shown = ""] = /hint: (.*)/u.exec(block("text")) ?? [];
  const { findings } = await loadText(`${"\n".repeat(11)}    pipeline.checkpoint.auto-resum = true`);
  const finding = findings.find(({ code }) => code === "CONFIG_UNKNOWN_KEY");
  expect(finding?.place?.line).toBe(12);
  expect(block("text")).toContain(`error: ${finding?.message} [${finding?.code}]`);
  expect(finding?.hint).toBe(shown);
});

test("the page lists every code that this room gives, and no other", async () => {
  const listed = new Set<string>([...page.matchAll(/`(CONFIG_[A-Z_]+)`/gu)].map(([, code = ""]) => code));
  const given = new Set(["CONFIG_WRONG_TYPE"]);
  for await (const file of new Bun.Glob("src/config/*.ts").scan(root)) {
    const source = await Bun.file(join(root, file)).text();
    for (const [, code = ""] of source.matchAll(/"(CONFIG_[A-Z_]+)"/gu)) given.add(code);
  }
  expect([...listed].toSorted()).toEqual([...given].toSorted());
});
