import { beforeAll, describe, expect, test } from "bun:test";
import type { CairnError } from "../../src/base/mod.ts";
import * as sdk from "../../src/sdk/mod.ts";
import {
  definitionOf,
  installVirtualModule,
  loadPlugin,
  type PluginKind,
  resolveType,
} from "../../src/plugin/mod.ts";
import { type TempDir, tempDir } from "../kit/mod.ts";

const BUILTINS = new Map([["noop", sdk.defineComponent({ run: () => ({ done: true }) })]]);

beforeAll(() => {
  installVirtualModule({ cairn: () => sdk.pluginExports, "cairn/testing": () => ({ marker: "testing" }) });
});

async function load(dir: TempDir, type: string, kind?: PluginKind) {
  const resolved = await resolveType(type, {
    folders: [dir.join("plugins")],
    builtins: [...BUILTINS.keys()],
  });
  return loadPlugin({ resolved, kind, builtins: BUILTINS });
}

/** What a component without context returns. */
async function outputsOf(dir: TempDir, type: string): Promise<unknown> {
  const definition = await load(dir, type, "component");
  if (definition.kind !== "component") throw new Error("not a component");
  return definition.run({} as never);
}

async function refusal(dir: TempDir, type: string, kind: PluginKind = "component") {
  try {
    await load(dir, type, kind);
  } catch (thrown) {
    const error = thrown as CairnError;
    const hide = (text: string | undefined): string | undefined => text?.replaceAll(dir.path, "DIR");
    const places = error.findings.map(
      (finding) =>
        `${hide(finding.place?.file)}:${finding.place?.line}:${finding.place?.column} ${finding.message}`,
    );
    return { code: error.code, message: hide(error.message), hint: hide(error.hint), places };
  }
  throw new Error("it loaded");
}

describe("a plugin loads", () => {
  test.each([
    [
      "ts",
      'import { defineComponent, v } from "cairn";\nexport default defineComponent({ config: v.object({}), run: (): { n: number } => ({ n: 1 }) });',
    ],
    [
      "js",
      'import { defineComponent } from "cairn";\nexport default defineComponent({ run: () => ({ n: 1 }) });',
    ],
    ["mjs", "export default async (ctx) => ({ n: 1 });"],
    ["ts", "export default function run(): { n: number } { return { n: 1 }; }"],
    [
      "js",
      'const { defineComponent } = require("cairn");\nmodule.exports = defineComponent({ run: () => ({ n: 1 }) });',
    ],
    [
      "js",
      'Object.defineProperty(exports, "__esModule", { value: true });\nexports.default = () => ({ n: 1 });',
    ],
    ["js", 'exports.__esModule = true; exports.default = { kind: "component", run: () => ({ n: 1 }) };'],
  ])("written as .%s: %s", async (extension, text) => {
    using dir = tempDir();
    dir.write(`plugins/a/B.${extension}`, text);
    expect(await outputsOf(dir, "a.B")).toEqual({ n: 1 });
  });

  test("that is an export of a file, beside others", async () => {
    using dir = tempDir();
    dir.write("plugins/a/b.ts", "export const One = () => 1;\nexport const Two = () => 2;\n");
    expect([await outputsOf(dir, "a.b.One"), await outputsOf(dir, "a.b.Two")]).toEqual([1, 2]);
  });

  test("that is passed on by a file's export *", async () => {
    using dir = tempDir();
    dir.write("plugins/a/b.ts", 'export * from "./inner.ts";\n');
    dir.write("plugins/a/inner.ts", "export const Three = () => 3;\n");
    expect(await outputsOf(dir, "a.b.Three")).toBe(3);
  });

  test.each(["with space", "a#b", "a%20b", "ünï", "a'b\"c", "a*b", "[x]"])(
    "from a folder named %s",
    async (name) => {
      using dir = tempDir();
      dir.write(`${name}/B.ts`, 'import { n } from "./n.ts";\nexport default () => n;\n');
      dir.write(`${name}/n.ts`, "export const n = 3;\n");
      const resolved = await resolveType("B", { folders: [dir.join(name)], builtins: [] });
      const component = await loadPlugin({ resolved, kind: "component", builtins: new Map() });
      expect(await component.run({} as never)).toBe(3);
    },
  );

  test("that is built in", async () => {
    using dir = tempDir();
    expect(await outputsOf(dir, "noop")).toEqual({ done: true });
  });

  test("with relative imports, JSON and its own npm packages (exports map, CommonJS inside)", async () => {
    using dir = tempDir();
    dir.write(
      "plugins/package.json",
      '{ "name": "mine", "dependencies": { "left": "1.0.0", "old": "1.0.0" } }',
    );
    dir.write(
      "plugins/node_modules/left/package.json",
      '{ "name": "left", "version": "1.0.0", "exports": { ".": { "bun": "./for-bun.js", "default": "./no.js" }, "./sub": { "require": "./sub.cjs", "default": "./sub.cjs" } } }',
    );
    dir.write("plugins/node_modules/left/for-bun.js", 'export const who = "bun";');
    dir.write("plugins/node_modules/left/no.js", 'export const who = "other";');
    dir.write("plugins/node_modules/left/sub.cjs", 'module.exports = { sub: require("old") };');
    dir.write(
      "plugins/node_modules/old/package.json",
      '{ "name": "old", "version": "1.0.0", "main": "lib/main" }',
    );
    dir.write(
      "plugins/node_modules/old/lib/main.js",
      'module.exports = "old " + typeof require("cairn").v.object;',
    );
    dir.write(
      "plugins/node_modules/cairn/package.json",
      '{ "name": "cairn", "version": "9.9.9", "main": "evil.js" }',
    );
    dir.write("plugins/node_modules/cairn/evil.js", 'throw new Error("the wrong cairn");');
    dir.write("plugins/a/data.json", '{ "x": 7 }');
    dir.write("plugins/a/inner.ts", "export const y: number = 8;");
    dir.write(
      "plugins/a/B.ts",
      `import { defineComponent } from "cairn";
       import { who } from "left";
       import left from "left/sub";
       import data from "./data.json";
       import { y } from "./inner.ts";
       export default defineComponent({ run: () => [who, left.sub, data.x, y] });`,
    );
    expect(await outputsOf(dir, "a.B")).toEqual(["bun", "old function", 7, 8]);
  });

  test("that imports cairn/testing and cairn at run time", async () => {
    using dir = tempDir();
    dir.write(
      "plugins/T.ts",
      'import { marker } from "cairn/testing";\nexport default async () => [marker, typeof (await import("cairn")).defineHooks];',
    );
    expect(await outputsOf(dir, "T")).toEqual(["testing", "function"]);
  });

  test("as hooks and as a store", async () => {
    using dir = tempDir();
    dir.write(
      "plugins/H.ts",
      'import { defineHooks } from "cairn";\nexport default defineHooks({ beforePipeline() {} });',
    );
    dir.write(
      "plugins/redis.ts",
      'import { defineCheckpointStore } from "cairn";\nexport default defineCheckpointStore({ scheme: "redis", open() { throw new Error("no") } });',
    );
    expect((await load(dir, "H", "hooks")).kind).toBe("hooks");
    const store = await load(dir, "redis", "store");
    expect(store.kind === "store" && store.scheme).toBe("redis");
    expect((await load(dir, "redis")).kind).toBe("store");
  });
});

describe("a plugin that does not load says why", () => {
  test("a syntax error, with its place", async () => {
    using dir = tempDir();
    dir.write("plugins/a/B.ts", "export default (\n");
    expect(await refusal(dir, "a.B")).toEqual({
      code: "PLUGIN_SYNTAX",
      message:
        'Cannot load plugin "a.B" (DIR/plugins/a/B.ts): syntax error at DIR/plugins/a/B.ts:1:17: Unexpected end of file',
      hint: "Correct the file.",
      places: ["DIR/plugins/a/B.ts:1:17 Unexpected end of file"],
    });
  });

  test("several syntax errors, each with its place", async () => {
    using dir = tempDir();
    dir.write("plugins/B.ts", "const a: = 3;\nlet b = ;\nexport default a;\n");
    const { message, places } = await refusal(dir, "B");
    expect({ message, places }).toEqual({
      message:
        'Cannot load plugin "B" (DIR/plugins/B.ts): syntax error at DIR/plugins/B.ts:1:10: Unexpected = (and 1 more)',
      places: ["DIR/plugins/B.ts:1:10 Unexpected =", "DIR/plugins/B.ts:2:9 Unexpected ;"],
    });
  });

  test("a syntax error in a file that it imports", async () => {
    using dir = tempDir();
    dir.write("plugins/B.ts", 'import "./inner.ts";\nexport default () => {};\n');
    dir.write("plugins/inner.ts", "\n  let = ;\n");
    expect((await refusal(dir, "B")).places).toEqual(["DIR/plugins/inner.ts:2:9 Unexpected ;"]);
  });

  test("a throw at the top level, with the place in the plugin", async () => {
    using dir = tempDir();
    dir.write("plugins/B.ts", '\n\nthrow new TypeError("boom");\n');
    expect(await refusal(dir, "B")).toEqual({
      code: "PLUGIN_THREW",
      message:
        'Cannot load plugin "B" (DIR/plugins/B.ts): it threw while loading at DIR/plugins/B.ts:3:11: TypeError: boom',
      hint: "Do the work in run(…), and only definitions at the top level of the file.",
      places: ["DIR/plugins/B.ts:3:11 boom"],
    });
  });

  test("a thrown value that is no error", async () => {
    using dir = tempDir();
    dir.write("plugins/B.ts", 'throw "just text";\n');
    expect((await refusal(dir, "B")).message).toBe(
      'Cannot load plugin "B" (DIR/plugins/B.ts): it threw while loading: just text',
    );
  });

  test("a package that is not installed", async () => {
    using dir = tempDir();
    dir.write("plugins/B.ts", 'import pad from "left-pad-that-is-not-there";\nexport default () => pad;\n');
    expect(await refusal(dir, "B")).toEqual({
      code: "PLUGIN_IMPORT",
      message:
        'Cannot load plugin "B" (DIR/plugins/B.ts): DIR/plugins/B.ts imports "left-pad-that-is-not-there", which is not installed',
      hint: "Install it beside the plugin: npm install left-pad-that-is-not-there in DIR/plugins.",
      places: [],
    });
  });

  test("a file that is not there", async () => {
    using dir = tempDir();
    dir.write("plugins/B.ts", 'import { x } from "./nope.ts";\nexport default () => x;\n');
    expect(await refusal(dir, "B")).toEqual({
      code: "PLUGIN_IMPORT",
      message:
        'Cannot load plugin "B" (DIR/plugins/B.ts): DIR/plugins/B.ts imports "./nope.ts", which does not exist',
      hint: "Correct the path; it counts from the importing file, with its extension.",
      places: [],
    });
  });

  test("a name that cairn does not have", async () => {
    using dir = tempDir();
    dir.write(
      "plugins/B.ts",
      'import { defineComponnent } from "cairn";\nexport default defineComponnent({});\n',
    );
    expect(await refusal(dir, "B")).toEqual({
      code: "PLUGIN_IMPORT",
      message:
        'Cannot load plugin "B" (DIR/plugins/B.ts): it imports "defineComponnent" of "cairn", which has no such export',
      hint: 'Did you mean "defineComponent"?',
      places: [],
    });
  });

  test("a module that cairn does not have", async () => {
    using dir = tempDir();
    dir.write("plugins/B.ts", 'import { x } from "cairn/hooks";\nexport default () => x;\n');
    const { message, hint } = await refusal(dir, "B");
    expect(message).toEndWith('DIR/plugins/B.ts imports "cairn/hooks", which is not installed');
    expect(hint).toBe('Cairn provides the modules "cairn" and "cairn/testing".');
  });

  test("no default export", async () => {
    using dir = tempDir();
    dir.write("plugins/a/B.ts", "export const run = () => {};\n");
    expect(await refusal(dir, "a.B")).toEqual({
      code: "PLUGIN_EXPORT_MISSING",
      message: 'Cannot use plugin "a.B" (DIR/plugins/a/B.ts): it has no default export, only "run"',
      hint: "Add export default defineComponent({ … }).",
      places: [],
    });
  });

  test("an export that export * does not bring", async () => {
    using dir = tempDir();
    dir.write("plugins/a/b.ts", 'export * from "./inner.ts";\n');
    dir.write("plugins/a/inner.ts", "export const Three = () => 3;\n");
    expect(await refusal(dir, "a.b.Tree")).toEqual({
      code: "PLUGIN_EXPORT_MISSING",
      message: 'Cannot use plugin "a.b.Tree" (DIR/plugins/a/b.ts): it has no export "Tree"',
      hint: 'Did you mean "Three"?',
      places: [],
    });
  });

  test.each([
    ["{ run: 1 }", "an object"],
    ["42", "a number"],
    ["null", "null"],
    ["[]", "a list"],
    ["class Extract {}", "a class"],
    ["Promise.resolve(1)", "a promise"],
  ])("a default export %s that is no component", async (text, kind) => {
    using dir = tempDir();
    dir.write("plugins/B.ts", `export default ${text};\n`);
    expect(await refusal(dir, "B")).toEqual({
      code: "PLUGIN_WRONG_KIND",
      message: `Cannot use plugin "B" (DIR/plugins/B.ts): its export "default" is ${kind}, not a component`,
      hint: "Write export default defineComponent({ … }).",
      places: [],
    });
  });

  test("hooks where a component is wanted, and a component where hooks are", async () => {
    using dir = tempDir();
    dir.write("plugins/H.ts", 'import { defineHooks } from "cairn";\nexport default defineHooks({});\n');
    dir.write("plugins/C.ts", "export default () => {};\n");
    expect(await refusal(dir, "H")).toEqual({
      code: "PLUGIN_WRONG_KIND",
      message: 'Cannot use plugin "H" (DIR/plugins/H.ts): it is hooks, not a component',
      hint: "Hooks are named by type in pipeline.hooks.",
      places: [],
    });
    expect((await refusal(dir, "C", "hooks")).message).toBe(
      'Cannot use plugin "C" (DIR/plugins/C.ts): it is a component, not hooks',
    );
  });

  test("a definition with a misspelt key", async () => {
    using dir = tempDir();
    dir.write(
      "plugins/B.ts",
      'import { defineComponent } from "cairn";\nexport default defineComponent({ run() {}, descripton: "x" } as never);\n',
    );
    expect(await refusal(dir, "B")).toEqual({
      code: "PLUGIN_DEFINITION_INVALID",
      message:
        'Cannot load plugin "B" (DIR/plugins/B.ts): Cannot define a plugin: defineComponent does not know the key "descripton"',
      hint: 'Did you mean "description"?',
      places: [],
    });
  });
});

test("a definition of another copy of the SDK is recognised by its shape", () => {
  const foreign: unknown = JSON.parse('{"kind":"component"}');
  expect(definitionOf(foreign)).toBeUndefined();
  expect(definitionOf({ kind: "component", run: () => 1 })?.kind).toBe("component");
});
