import { expect, test } from "bun:test";

import { tempDir } from "../kit/mod.ts";

/** Parses in a process of its own, because some inputs change every object of the process that parses them. */
async function parse(hocon: string, after: string = "console.log(JSON.stringify(value))"): Promise<string> {
  using dir = tempDir();
  dir.write("input.conf", hocon);
  const parser = Bun.resolveSync("hocon-parser", import.meta.dir);
  dir.write(
    "parse.cjs",
    `const parse = require(${JSON.stringify(parser)});
     let value;
     try { value = parse(require("node:fs").readFileSync("input.conf", "utf8")); }
     catch (error) { console.log("error: " + error.message); process.exit(0); }
     ${after}`,
  );
  const child = Bun.spawn([process.execPath, "parse.cjs"], { cwd: dir.path, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return (stdout + stderr).trim();
}

test("hocon-parser reads a plain document, so that what follows is about the parser", async () => {
  expect(await parse("a { b = x }")).toBe('{"a":{"b":"x"}}');
});

test("hocon-parser lets a key __proto__ change every object of the process", async () => {
  expect(await parse("__proto__ { isAdmin = yes }", "console.log(({}).isAdmin)")).toBe("yes");
});

test("hocon-parser doesn't know optional substitutions, the commonest way to override by environment", async () => {
  const said = await parse("day = monday\nday = ${?CAIRN_TEST_UNSET}");
  expect(said).not.toBe('{"day":"monday"}');
  expect(said).toContain("?");
});

test("hocon-parser takes an include for something else or refuses it", async () => {
  expect(await parse('include "other.conf"\na = 1')).not.toBe('{"a":1}');
});

test("hocon-parser turns a substitution of nothing into null, where HOCON demands an error", async () => {
  expect(await parse("a = ${nothing}")).toBe('{"a":null}');
});

test("hocon-parser makes a key of +=", async () => {
  expect(await parse("a = [1]\na += 2")).not.toBe('{"a":[1,2]}');
});

test("hocon-parser's error names no line", async () => {
  expect(await parse("a = 1\nb = {\nc = 2\n")).not.toMatch(/\b[34]\b/);
});
