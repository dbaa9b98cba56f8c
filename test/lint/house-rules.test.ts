import { expect, test } from "bun:test";

import { rules } from "../../scripts/lint/rules/mod.ts";
import { sourceFile } from "../../scripts/lint/source-file.ts";
import { root, tempDir } from "../kit/mod.ts";

function messages(path: string, text: string): string[] {
  const file = sourceFile(path, text);
  return rules.flatMap((rule) => rule(file)).map((problem) => `${problem.line}: ${problem.message}`);
}

test("a loose file in src and a folder that is no room are refused", () => {
  expect(messages("src/main.ts", "")).toEqual([]);
  expect(messages("src/loose.ts", "")[0]).toContain("no file lies loose in src/");
  expect(messages("src/extra/mod.ts", "/** Room */")[0]).toContain('"extra" is no room');
});

test("a file of more than 400 lines is refused, generated code aside", () => {
  const long = "f();\n".repeat(401);
  expect(messages("src/base/long.ts", "f();\n".repeat(400))).toEqual([]);
  expect(messages("src/base/long.ts", long)).toEqual([
    "400: 401 lines, at most 400: cut it where its purpose divides",
  ]);
  expect(messages("src/spark/gen/long.ts", long)).toEqual([]);
});

test("a function of more than 60 lines is refused in every form; a suite's body is none", () => {
  const body = "{\n" + "f();\n".repeat(59) + "}";
  for (const text of [
    `function long() ${body}`,
    `const long = async () => ${body};`,
    `const long = function* () ${body};`,
    `class A { long() ${body} }`,
    `const a = { long() ${body} };`,
    `class A { long = () => ${body}; }`,
  ]) {
    expect(messages("src/base/a.ts", text)).toEqual([
      "1: function long has 61 lines, at most 60: what can't be seen whole can't be checked",
    ]);
  }
  expect(messages("src/base/a.ts", `function short() {\n${"f();\n".repeat(58)}}`)).toEqual([]);
  expect(messages("test/base/a.test.ts", `describe("a", () => ${body});`)).toEqual([]);
  expect(messages("test/base/a.test.ts", `test("a", () => ${body});`)).toHaveLength(1);
});

test("names are kebab-case", () => {
  expect(messages("src/base/finding-at.ts", "")).toEqual([]);
  expect(messages("test/base/finding-at.test.ts", "")).toEqual([]);
  for (const path of [
    "src/base/findingAt.ts",
    "src/base/finding_at.ts",
    "src/base/Finding.ts",
    "src/run/aB/c.ts",
  ]) {
    expect(messages(path, "")[0]).toContain("isn't kebab-case");
  }
  expect(messages("plugins/com/example/Extract.ts", "")).toEqual([]);
});

test("names of dumps are refused", () => {
  for (const name of [
    "utils",
    "string-utils",
    "helpers",
    "test-helper",
    "common",
    "lock-manager",
    "types",
    "misc",
  ]) {
    expect(messages(`src/base/${name}.ts`, "")[0]).toContain("is a name for a dump");
  }
  expect(messages("src/base/helpers/a.ts", "")[0]).toContain("says nothing of what is in it");
  expect(messages("src/sdk/instance-types.ts", "")).toEqual([]);
});

test("a room's door without its paragraph is refused", () => {
  expect(messages("src/base/mod.ts", `export {} from "./a.ts";`)[0]).toContain("opens with a paragraph");
  expect(messages("src/base/mod.ts", `/** Base. */\nexport {} from "./a.ts";`)).toHaveLength(1);
  const opening =
    "/** Room `base`: what every room stands on. Not here: anything with I/O. To add one: a file and a line. */";
  expect(messages("src/base/mod.ts", opening)).toEqual([]);
});

test("an empty catch is refused, a comment in it doesn't save it", () => {
  for (const text of [
    "try { f(); } catch {}",
    "try { f(); } catch (error) { /* never mind */ }",
    "p.catch(() => {});",
    "p.catch(function () {});",
    "p?.catch(() => {});",
  ]) {
    expect(messages("src/base/a.ts", text)[0]).toContain("an empty catch hides every error");
  }
  expect(messages("src/base/a.ts", "try { f(); } catch (e) { report(e); } p.catch(report);")).toEqual([]);
});

test("a test that keeps others from running, or never runs, is refused", () => {
  for (const call of ["test.only", "describe.only", "test.skip", "test.todo", "it.skip", "describe.skip"]) {
    expect(messages("test/base/a.test.ts", `${call}("x", () => { f(); });`)).toHaveLength(1);
  }
  expect(messages("test/base/a.test.ts", `test.skipIf(!linux)("x", () => { f(); });`)).toEqual([]);
});

test("a place that only one machine has is refused in code and in prose", () => {
  const slash = "/"; // kept apart, so that this file passes the rule that it tests
  for (const place of [`${slash}work/main`, `${slash}root/.npmrc`, `${slash}Users/ann/x`]) {
    expect(messages("docs/a.md", `Look into ${place}.`)[0]).toContain("names a place of one machine");
    expect(messages("src/base/a.ts", `const a = "${place}";`)).toHaveLength(1);
  }
  for (const place of ["/$bunfs/root/cairn", "./work/x", "src/work/", "https://example.org/work/"]) {
    expect(messages("docs/a.md", place)).toEqual([]);
  }
});

test("a first-party plugin sees nothing of the checkout but cairn", () => {
  expect(
    messages("plugins/sql/sql.ts", `import { v } from "cairn"; import "./part.ts"; import "pg";`),
  ).toEqual([]);
  expect(messages("plugins/sql/sql.ts", `import "../../src/sdk/mod.ts";`)[0]).toContain(
    `a plugin gets Cairn by "cairn"`,
  );
  expect(messages("examples/etl/plugins/a/B.ts", `import "../../../../src/sdk/mod.ts";`)).toHaveLength(1);
});

test("what doesn't parse is said", () => {
  expect(messages("src/base/a.ts", "const = 1;")[0]).toContain("doesn't parse");
});

test("the lint as a process ends with 1 on a problem and names file and line", async () => {
  using dir = tempDir();
  dir.write("src/loose.ts", "export const a = 1;\n");
  await Bun.$`git init -q`.cwd(dir.path);
  const lint = Bun.spawn([process.execPath, `${root}/scripts/lint/main.ts`], {
    cwd: dir.path,
    stdout: "pipe",
  });
  expect(await new Response(lint.stdout).text()).toBe(
    "src/loose.ts:1: no file lies loose in src/ but main.ts: put it into the room it serves\nhouse rules: 1 files, 1 problems\n",
  );
  expect(await lint.exited).toBe(1);
});
