import { describe, expect, test } from "bun:test";
import { cpSync, renameSync, symlinkSync, utimesSync } from "node:fs";
import { createCodeHasher } from "../../src/plugin/mod.ts";
import { type TempDir, tempDir } from "../kit/mod.ts";

/** The hash as a new run would compute it. */
function hash(dir: TempDir, file = "plugins/a/B.ts", folder = "plugins"): Promise<string> {
  const resolved = { type: "a.B", file: dir.join(file), folder: dir.join(folder), exportName: "default" };
  return createCodeHasher({ revisions: new Map() }).hash(resolved);
}

/** A plugin with one of each kind of import. */
function writePlugin(dir: TempDir): void {
  dir.write(
    "plugins/a/B.ts",
    `import { defineComponent } from "cairn";
     import { readFileSync } from "node:fs";
     import { one } from "./one.ts";
     import type { Shape } from "./shape.ts";
     import data from "../data.json";
     import pad from "left-pad";
     const sql = readFileSync(new URL("./query.sql", import.meta.url));
     const two = await import("./two.js");
     export default defineComponent({ run: (): Shape => [one, data, pad, two, sql] });`,
  );
  dir.write("plugins/a/one.ts", 'export * from "./deeper/three.ts";\nexport const one = 1;\n');
  dir.write("plugins/a/deeper/three.ts", 'import "../one.ts";\nexport const three = 3;\n');
  dir.write("plugins/a/two.js", 'const four = require("./four.cjs");\nmodule.exports = four;\n');
  dir.write("plugins/a/four.cjs", "module.exports = 4;\n");
  dir.write("plugins/a/query.sql", "SELECT 1;\n");
  dir.write("plugins/a/shape.ts", "export type Shape = unknown;\n");
  dir.write("plugins/a/unrelated.ts", "export default 1;\n");
  dir.write("plugins/data.json", "{}");
  dir.write(
    "plugins/node_modules/left-pad/package.json",
    '{ "name": "left-pad", "version": "1.0.0", "main": "i.js" }',
  );
  dir.write("plugins/node_modules/left-pad/i.js", "module.exports = 1;\n");
}

describe("the code hash", () => {
  test.each([
    ["a/B.ts", "the entry"],
    ["a/one.ts", "a file it imports"],
    ["a/deeper/three.ts", "a file that one imports"],
    ["a/two.js", "a file it imports at run time by a literal name"],
    ["a/four.cjs", "a file that is required"],
    ["a/query.sql", "a file named by its URL beside the module"],
    ["data.json", "imported data"],
  ])("changes with %s: %s", async (file) => {
    using dir = tempDir();
    writePlugin(dir);
    const before = await hash(dir);
    dir.write(`plugins/${file}`, `${dir.read(`plugins/${file}`)}\n`);
    expect(await hash(dir)).not.toBe(before);
  });

  test.each([["a/unrelated.ts"], ["a/shape.ts"], ["node_modules/left-pad/i.js"]])(
    "does not change with %s",
    async (file) => {
      using dir = tempDir();
      writePlugin(dir);
      const before = await hash(dir);
      dir.write(`plugins/${file}`, `${dir.read(`plugins/${file}`)}\n`);
      expect(await hash(dir)).toBe(before);
    },
  );

  test("does not change with times, with the folder's place, or with the form of the type's file", async () => {
    using dir = tempDir();
    writePlugin(dir);
    const before = await hash(dir);
    utimesSync(dir.join("plugins/a/one.ts"), 1, 1);
    expect(await hash(dir)).toBe(before);
    cpSync(dir.join("plugins"), dir.join("elsewhere/deeper/plugins"), { recursive: true });
    expect(await hash(dir, "elsewhere/deeper/plugins/a/B.ts", "elsewhere/deeper/plugins")).toBe(before);
    symlinkSync("elsewhere", dir.join("by-link"));
    expect(await hash(dir, "by-link/deeper/plugins/a/B.ts", "by-link/deeper/plugins")).toBe(before);
  });

  test("changes where two imported files change places", async () => {
    using dir = tempDir();
    dir.write("plugins/a/B.ts", 'import "./x.ts";\nimport "./y.ts";\nexport default () => {};\n');
    dir.write("plugins/a/x.ts", "globalThis.a = 1;\n");
    dir.write("plugins/a/y.ts", "globalThis.b = 1;\n");
    const before = await hash(dir);
    renameSync(dir.join("plugins/a/x.ts"), dir.join("plugins/a/z.ts"));
    renameSync(dir.join("plugins/a/y.ts"), dir.join("plugins/a/x.ts"));
    renameSync(dir.join("plugins/a/z.ts"), dir.join("plugins/a/y.ts"));
    expect(await hash(dir)).not.toBe(before);
  });

  test.each(["package-lock.json", "bun.lock", "yarn.lock", "pnpm-lock.yaml"])(
    "takes the packages from %s, and only where the plugin imports one",
    async (lockfile) => {
      using dir = tempDir();
      writePlugin(dir);
      dir.write("plugins/C.ts", "export default () => {};\n");
      dir.write(`plugins/${lockfile}`, "one");
      const [withPackage, without] = [await hash(dir), await hash(dir, "plugins/C.ts")];
      dir.write(`plugins/${lockfile}`, "two");
      expect(await hash(dir)).not.toBe(withPackage);
      expect(await hash(dir, "plugins/C.ts")).toBe(without);
    },
  );

  test("takes versions of packages, and of those that they need, where there is no lockfile", async () => {
    using dir = tempDir();
    writePlugin(dir);
    const manifest = "plugins/node_modules/left-pad/package.json";
    const before = await hash(dir);
    dir.write(manifest, '{ "name": "left-pad", "version": "1.0.0", "description": "the same" }');
    expect(await hash(dir)).toBe(before);
    dir.write(manifest, '{ "name": "left-pad", "version": "1.0.1" }');
    expect(await hash(dir)).not.toBe(before);
    dir.write(manifest, '{ "name": "left-pad", "version": "1.0.0", "dependencies": { "deep": "*" } }');
    dir.write("plugins/node_modules/deep/package.json", '{ "version": "1.0.0" }');
    dir.write("plugins/node_modules/deep/package.json", "not JSON");
    expect(await hash(dir)).toMatch(/^[0-9a-f]{64}$/);
    dir.write("plugins/node_modules/deep/package.json", '{ "version": "1.0.0" }');
    const deep = await hash(dir);
    dir.write("plugins/node_modules/deep/package.json", '{ "version": "2.0.0" }');
    expect(await hash(dir)).not.toBe(deep);
  });

  test.each([
    ["mine/shared", "shared.ts", "by the name of its own package"],
    ["#shared", "shared.ts", "by an entry of its package's imports"],
    ["linked", "../linked/index.ts", "of a package that is a link to a folder of one's own"],
  ])("changes with a file that is imported as %s: %s, %s", async (specifier, file) => {
    using dir = tempDir();
    dir.write(
      "plugins/package.json",
      '{ "name": "mine", "exports": { "./shared": "./shared.ts" }, "imports": { "#shared": "./shared.ts" } }',
    );
    dir.write("plugins/shared.ts", "export default 1;\n");
    dir.write("linked/package.json", '{ "name": "linked", "version": "1.0.0", "main": "index.ts" }');
    dir.write("linked/index.ts", "export default 1;\n");
    dir.write("plugins/node_modules/x.txt", "");
    symlinkSync("../../linked", dir.join("plugins/node_modules/linked"));
    dir.write("plugins/a/B.ts", `import x from "${specifier}";\nexport default () => x;\n`);
    const before = await hash(dir);
    dir.write(`plugins/${file}`, "export default 2;\n");
    expect(await hash(dir)).not.toBe(before);
  });

  test("of a plugin that can't be parsed, or whose imports are missing, is a hash all the same", async () => {
    using dir = tempDir();
    dir.write(
      "plugins/a/B.ts",
      'import "./nowhere.ts";\nimport x from "not-installed";\nexport default x;\n',
    );
    expect(await hash(dir)).toMatch(/^[0-9a-f]{64}$/);
    dir.write("plugins/a/B.ts", "export default (\n");
    expect(await hash(dir)).toMatch(/^[0-9a-f]{64}$/);
  });

  test("is computed once for all components of one type in one run", async () => {
    using dir = tempDir();
    writePlugin(dir);
    const hasher = createCodeHasher({ revisions: new Map() });
    const resolved = {
      type: "a.B",
      file: dir.join("plugins/a/B.ts"),
      folder: dir.join("plugins"),
      exportName: "default",
    };
    const first = hasher.hash(resolved);
    for (let i = 0; i < 1000; i++) expect(hasher.hash(resolved)).toBe(first);
    const before = await first;
    dir.write("plugins/a/one.ts", "");
    expect(await hasher.hash(resolved)).toBe(before);
  });

  test("of a built-in is its revision", async () => {
    const hasher = createCodeHasher({ revisions: new Map([["exec", 3]]) });
    const builtin = { file: undefined, folder: undefined, exportName: "default" };
    expect(await hasher.hash({ type: "exec", ...builtin })).toBe("builtin:3");
    expect(await hasher.hash({ type: "http", ...builtin })).toBe("builtin:1");
  });

  test("of a known plugin never changes by accident", async () => {
    using dir = tempDir();
    dir.write("plugins/a/B.ts", 'import { y } from "./y.ts";\nexport default () => y;\n');
    dir.write("plugins/a/y.ts", "export const y = 1;\n");
    expect(await hash(dir)).toBe("62350b1e3a18fd9945f71883b08e85f8bc9c415cb293426904d663d21e0eadfb");
  });
});
