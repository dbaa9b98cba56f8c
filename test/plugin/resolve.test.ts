import { describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import type { CairnError } from "../../src/base/mod.ts";
import { resolveType } from "../../src/plugin/mod.ts";
import { tempDir } from "../kit/mod.ts";

const COMPONENT = "export default async () => {};\n";
const BUILTINS = ["exec", "spark.submit"];

/** The error that resolving gives, with the folder's path as DIR. */
async function refusal(type: string, dir: { readonly path: string }, names: readonly string[] = ["plugins"]) {
  const folders = names.map((name) => `${dir.path}/${name}`);
  try {
    await resolveType(type, { folders, builtins: BUILTINS });
  } catch (thrown) {
    const error = thrown as CairnError;
    return { code: error.code, message: error.message.replaceAll(dir.path, "DIR"), hint: error.hint };
  }
  throw new Error("it resolved");
}

describe("a type is found", () => {
  test.each([
    ["com.example.Extract", "com/example/Extract.ts", "default"],
    ["com.example.Extract", "com/example/Extract.js", "default"],
    ["com.example.Extract", "com/example/Extract.mjs", "default"],
    ["com.example.Extract", "com.example.Extract.ts", "default"],
    ["com.example.Extract", "com/example/Extract/index.ts", "default"],
    ["Extract", "Extract.ts", "default"],
    ["Extract", "Extract/index.mjs", "default"],
    ["a-b.$c._d", "a-b/$c/_d.ts", "default"],
  ])("%s in %s", async (type, file, exportName) => {
    using dir = tempDir();
    const path = dir.write(`plugins/${file}`, COMPONENT);
    const folder = dir.join("plugins");
    expect(await resolveType(type, { folders: [folder], builtins: BUILTINS })).toEqual({
      type,
      file: path,
      folder,
      exportName,
    });
  });

  test("as an export of the file before the last dot", async () => {
    using dir = tempDir();
    const file = dir.write("plugins/com/example.ts", "export const Extract = async () => {};\n");
    const found = await resolveType("com.example.Extract", { folders: [dir.join("plugins")], builtins: [] });
    expect(found).toEqual({
      type: "com.example.Extract",
      file,
      folder: dir.join("plugins"),
      exportName: "Extract",
    });
  });

  test("in the first folder that has it", async () => {
    using dir = tempDir();
    dir.write("two/a/B.ts", COMPONENT);
    const first = dir.write("one/a.B.ts", COMPONENT);
    const folders = [dir.join("zero"), dir.join("one"), dir.join("two")];
    expect((await resolveType("a.B", { folders, builtins: [] })).file).toBe(first);
  });

  test("as a built-in, which no folder shadows", async () => {
    using dir = tempDir();
    dir.write("plugins/exec.ts", COMPONENT);
    dir.write("plugins/spark/submit.ts", COMPONENT);
    for (const type of BUILTINS) {
      const found = await resolveType(type, { folders: [dir.join("plugins")], builtins: BUILTINS });
      expect(found).toEqual({ type, file: undefined, folder: undefined, exportName: "default" });
    }
  });

  test("through a link that stays inside the folder, and in a folder that is a link itself", async () => {
    using dir = tempDir();
    dir.write("real/shared/one.ts", COMPONENT);
    symlinkSync("shared/one.ts", dir.join("real/Linked.ts"));
    symlinkSync("real", dir.join("plugins"));
    const found = await resolveType("Linked", { folders: [dir.join("plugins")], builtins: [] });
    expect(found.file).toBe(dir.join("plugins/Linked.ts"));
  });

  test("and a declaration file, a folder with an extension or a dangling link is no plugin", async () => {
    using dir = tempDir();
    dir.write("plugins/a.d.ts", "export default 1;\n");
    dir.write("plugins/a/d.ts", COMPONENT);
    dir.write("plugins/E.ts/file.txt", "");
    symlinkSync("nowhere.ts", dir.join("plugins/L.ts"));
    const request = { folders: [dir.join("plugins")], builtins: [] };
    expect((await resolveType("a.d", request)).file).toBe(dir.join("plugins/a/d.ts"));
    expect((await refusal("E", dir)).code).toBe("PLUGIN_NOT_FOUND");
    expect((await refusal("L", dir)).code).toBe("PLUGIN_NOT_FOUND");
  });
});

describe("a type is refused", () => {
  test("where nothing has it: the places and the nearest types are named", async () => {
    using dir = tempDir();
    dir.write("plugins/com/example/Extract.ts", COMPONENT);
    dir.write("more/com/example/Extractor.ts", COMPONENT);
    expect(await refusal("com.example.Extrat", dir, ["plugins", "more"])).toEqual({
      code: "PLUGIN_NOT_FOUND",
      message:
        'Cannot resolve type "com.example.Extrat": no plugin folder has it; looked for com/example/Extrat.ts (.js, .mjs; .py, .sh, …, or a program), com.example.Extrat.ts, com/example/Extrat/index.ts, export "Extrat" of com/example.ts\n  in DIR/plugins\n  in DIR/more',
      hint: 'Did you mean "com.example.Extract" or "com.example.Extractor"?',
    });
  });

  test("where an export is misspelt: the file's exports are among the nearest", async () => {
    using dir = tempDir();
    dir.write("plugins/com/example.ts", "export const Extract = async () => {};\n");
    expect((await refusal("com.example.Extrct", dir)).hint).toBe('Did you mean "com.example.Extract"?');
  });

  test("where there is nothing like it", async () => {
    using dir = tempDir();
    expect((await refusal("Zzzzzzz", dir)).hint).toBe(
      'Put the plugin into one of these folders, or name its folder with --plugins=DIR; "cairn plugins list" shows what is there.',
    );
  });

  test("where there is no plugin folder at all", async () => {
    using dir = tempDir();
    expect(await refusal("a.Zzzzzz", dir, [])).toEqual({
      code: "PLUGIN_NOT_FOUND",
      message: 'Cannot resolve type "a.Zzzzzz": there is no plugin folder',
      hint: "Name the plugin folder with --plugins=DIR.",
    });
  });

  test.each([
    [
      "sql",
      '"sql" is a first-party plugin: the release archive has it in plugins/sql. Unpack the archive\'s folder "plugins" beside the executable, or name it with --plugins=DIR.',
    ],
    [
      "quality.check",
      '"quality.check" is a first-party plugin: the release archive has it in plugins/quality (with plugins/sql, which it works with). Unpack the archive\'s folder "plugins" beside the executable, or name it with --plugins=DIR.',
    ],
  ])("where the folder of the first-party plugin %s is absent: what has it is named", async (type, hint) => {
    using dir = tempDir();
    dir.write("plugins/sqlite.ts", COMPONENT);
    for (const folders of [[], ["plugins"]]) {
      const refused = await refusal(type, dir, folders);
      expect([refused.code, refused.hint]).toEqual(["PLUGIN_NOT_FOUND", hint]);
    }
  });

  test("where the same last name stands in another package", async () => {
    using dir = tempDir();
    dir.write("plugins/org/other/deeply/Extract.ts", COMPONENT);
    expect((await refusal("com.x.Extract", dir)).hint).toBe('Did you mean "org.other.deeply.Extract"?');
  });

  test.each([
    ["a/B.ts", "a/B.js", "a/B.ts and a/B.js in DIR/plugins are both that type"],
    ["a/B.ts", "a.B.ts", "a/B.ts and a.B.ts in DIR/plugins are both that type"],
    ["a/B.mjs", "a/B/index.ts", "a/B.mjs and a/B/index.ts in DIR/plugins are both that type"],
    ["a/B.ts", "a.ts", 'a/B.ts and export "B" of a.ts in DIR/plugins are both that type'],
  ])("where %s and %s are both it", async (one, two, state) => {
    using dir = tempDir();
    const text = "export const B = async () => {};\nexport default B;\n";
    dir.write(`plugins/${one}`, text);
    dir.write(`plugins/${two}`, text);
    expect(await refusal("a.B", dir)).toEqual({
      code: "PLUGIN_AMBIGUOUS",
      message: `Cannot resolve type "a.B": ${state}`,
      hint: "Keep one of them.",
    });
  });

  test.each([
    ["../evil"],
    ["a..b"],
    ["a/b"],
    [".a"],
    ["a."],
    ["1a"],
    [""],
    ["a b"],
    ["a\u0000b"],
    ["a\nb"],
    ["-a"],
  ])("where %j is no type name", async (type) => {
    using dir = tempDir();
    dir.write("evil.ts", COMPONENT);
    const { code, message } = await refusal(type, dir);
    expect({ code, message }).toEqual({
      code: "PLUGIN_TYPE_INVALID",
      message: `Cannot resolve type ${JSON.stringify(type)}: it is not a type name`,
    });
  });

  test("where a link leads out of the folder, as a file or as a folder on the way", async () => {
    using dir = tempDir();
    dir.write("outside/Evil.ts", COMPONENT);
    dir.write("plugins/ok.ts", COMPONENT);
    symlinkSync("../outside/Evil.ts", dir.join("plugins/Evil.ts"));
    symlinkSync("../outside", dir.join("plugins/way"));
    expect(await refusal("Evil", dir)).toEqual({
      code: "PLUGIN_OUTSIDE_FOLDER",
      message:
        "Cannot use plugin file DIR/plugins/Evil.ts: it leads to DIR/outside/Evil.ts, outside of the plugin folder",
      hint: `Copy the file into ${dir.path}/plugins, or name its own folder with --plugins=DIR.`,
    });
    expect((await refusal("way.Evil", dir)).code).toBe("PLUGIN_OUTSIDE_FOLDER");
  });

  test("where a sibling folder's name begins with the plugin folder's", async () => {
    using dir = tempDir();
    dir.write("plugins2/Evil.ts", COMPONENT);
    dir.write("plugins/ok.ts", COMPONENT);
    symlinkSync("../plugins2/Evil.ts", dir.join("plugins/Evil.ts"));
    expect((await refusal("Evil", dir)).code).toBe("PLUGIN_OUTSIDE_FOLDER");
  });
});
