import { beforeAll, describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import {
  describePlugin,
  inspectPlugins,
  inspectType,
  installVirtualModule,
  listTypes,
  scanFolders,
} from "../../src/plugin/mod.ts";
import * as sdk from "../../src/sdk/mod.ts";
import { type TempDir, tempDir } from "../kit/mod.ts";

const { v, defineComponent } = sdk;
const COMPONENT = "export default async () => {};\n";
const BUILTINS = new Map([["exec", defineComponent({ description: "Runs a program.", run() {} })]]);

beforeAll(() => {
  installVirtualModule({ cairn: () => sdk.pluginExports, "cairn/testing": () => ({}) });
});

function request(dir: TempDir, ...names: string[]) {
  return { folders: names.map((name) => dir.join(name)), builtins: BUILTINS };
}

describe("the types of plugin folders", () => {
  test("are the files that a type can lead to", async () => {
    using dir = tempDir();
    for (const file of [
      "Top.ts",
      "com/example/Extract.ts",
      "com/example/Load.mjs",
      "com/example/Big/index.js",
      "org.flat.Clean.ts",
      // None of these is one.
      "com/example/Extract.test.ts",
      "com/example/types.d.ts",
      "com/example/9lives.ts",
      "com/example/data.json",
      "com/example/a.b.ts",
      "node_modules/x/Y.ts",
      ".git/Z.ts",
      "README.md",
    ]) {
      dir.write(`plugins/${file}`, COMPONENT);
    }
    const scan = await scanFolders([dir.join("plugins"), dir.join("nowhere")]);
    expect(scan.types.map((found) => found.type)).toEqual([
      "Top",
      "com.example.Big",
      "com.example.Extract",
      "com.example.Load",
      "org.flat.Clean",
    ]);
    expect(scan.cut).toBe(false);
  });

  test("include exports, and leave out what a built-in hides", async () => {
    using dir = tempDir();
    dir.write("plugins/a/steps.ts", "export const One = 1;\nexport const Two = 2;\n");
    dir.write("plugins/exec.ts", COMPONENT);
    const listed = await listTypes(request(dir, "plugins"));
    expect(listed.types).toEqual(["a.steps.One", "a.steps.Two"]);
    expect(listed.problems).toEqual([
      {
        type: "exec",
        finding: {
          severity: "warning",
          code: "PLUGIN_SHADOWED",
          message: `${dir.join("plugins/exec.ts")} has the name of the built-in "exec" and is never used`,
          hint: "Rename the file.",
        },
      },
    ]);
  });

  test("of a folder that holds too much are cut, with a word", async () => {
    using dir = tempDir();
    dir.write(`plugins/${"d/".repeat(20)}T.ts`, COMPONENT);
    const listed = await listTypes(request(dir, "plugins"));
    expect(listed.problems.map((problem) => problem.finding.code)).toEqual(["PLUGIN_SCAN_CUT"]);
  });
});

describe("inspecting", () => {
  test("loads all, and tells of each that can't be used", async () => {
    using dir = tempDir();
    dir.write(
      "plugins/a/Good.ts",
      'import { defineComponent, v } from "cairn";\nexport default defineComponent({ description: "Good.", config: v.object({ aB: v.number() }), run() {} });',
    );
    dir.write(
      "plugins/a/many.ts",
      'import { defineComponent, defineHooks } from "cairn";\nexport const One = defineComponent({ run() {} });\nexport const Watch = defineHooks({});\nexport const helper = () => 1;\nexport const LIMIT = 5;\n',
    );
    dir.write("plugins/b/Broken.ts", "export default (\n");
    dir.write("plugins/b/throws.ts", 'throw new Error("boom");\nexport const X = 1;\nexport const Y = 2;\n');
    dir.write("plugins/c/Twice.ts", COMPONENT);
    dir.write("plugins/c.Twice.ts", COMPONENT);
    dir.write("elsewhere/Out.ts", COMPONENT);
    symlinkSync("../elsewhere/Out.ts", dir.join("plugins/Out.ts"));
    dir.write("more/a/Good.ts", COMPONENT);
    const inspection = await inspectPlugins(request(dir, "plugins", "more"));
    expect(
      inspection.plugins.map(({ type, kind, file }) => [type, kind, file?.replace(dir.path, "DIR")]),
    ).toEqual([
      ["exec", "component", undefined],
      ["a.Good", "component", "DIR/plugins/a/Good.ts"],
      ["a.many.One", "component", "DIR/plugins/a/many.ts"],
      ["a.many.Watch", "hooks", "DIR/plugins/a/many.ts"],
    ]);
    expect(inspection.problems.map(({ type, finding }) => [type, finding.code, finding.place?.line])).toEqual(
      [
        ["Out", "PLUGIN_OUTSIDE_FOLDER", undefined],
        ["b.Broken", "PLUGIN_SYNTAX", 1],
        ["b.throws.X", "PLUGIN_THREW", 1],
        ["c.Twice", "PLUGIN_AMBIGUOUS", undefined],
      ],
    );
    expect(inspection.checked).toBe(8);
  });

  test("one type gives its description, or its problem", async () => {
    using dir = tempDir();
    dir.write("plugins/Good.ts", COMPONENT);
    expect(await inspectType("Good", request(dir, "plugins"))).toMatchObject({
      type: "Good",
      kind: "component",
      fields: [],
    });
    expect(await inspectType("Godo", request(dir, "plugins"))).toMatchObject({
      type: "Godo",
      finding: { code: "PLUGIN_NOT_FOUND", hint: 'Did you mean "Good"?' },
    });
  });

  test("a file that can't be looked at is an error with the system's code", async () => {
    using dir = tempDir();
    dir.write("plugins/x.ts", COMPONENT);
    symlinkSync("Loop.ts", dir.join("plugins/Loop.ts"));
    expect(await inspectType("Loop", request(dir, "plugins"))).toMatchObject({
      finding: {
        code: "PLUGIN_FOLDER_UNREADABLE",
        message: `Cannot look for plugin file ${dir.join("plugins/Loop.ts")}: ELOOP`,
        hint: "Make the plugin folder readable for the user that runs Cairn.",
      },
    });
  });
});

test("a description tells every key of the configuration", () => {
  const Sink = v.variant("kind", [
    v.object({ kind: v.literal("file"), outPath: v.string() }),
    v.object({ kind: v.literal("db"), poolSize: v.optional(v.number()) }),
  ]);
  const component = defineComponent({
    description: "Copies.",
    config: v.object({
      sourcePath: v.pipe(v.string(), v.nonEmpty(), v.description("Where the files lie.")),
      batchSize: v.optional(
        v.pipe(v.number(), v.integer(), v.minValue(1), v.description("Rows at once.")),
        1000,
      ),
      ratio: v.optional(v.number(), 0.5),
      mode: v.optional(v.picklist(["fast", "slow"]), "fast"),
      since: v.optional(v.date(), () => new Date(0)),
      comment: v.nullish(v.string()),
      tags: v.optional(v.array(v.string()), []),
      headers: v.optional(v.record(v.string(), v.string())),
      retry: v.optional(v.object({ maxTries: v.optional(v.number(), 3), waitMs: v.number() })),
      sinks: v.array(Sink),
      size: v.tuple([v.number(), v.number()]),
      anything: v.optional(v.any()),
    }),
    run() {},
  });
  const resolved = { type: "a.B", file: "/plugins/a/B.ts", folder: "/plugins", exportName: "default" };
  const { fields, ...rest } = describePlugin(resolved, component);
  expect(rest).toEqual({ type: "a.B", kind: "component", description: "Copies.", file: "/plugins/a/B.ts" });
  const lines = fields.map((field) =>
    [
      field.name,
      field.type,
      field.required ? "required" : "optional",
      JSON.stringify(field.default),
      field.description,
    ].join(" | "),
  );
  expect(lines).toEqual([
    "source-path | text, not empty | required |  | Where the files lie.",
    "batch-size | whole number, at least 1 | optional | 1000 | Rows at once.",
    "ratio | number | optional | 0.5 | ",
    'mode | "fast" | "slow" | optional | "fast" | ',
    'since | date | optional | "1970-01-01T00:00:00.000Z" | ',
    "comment | text | null | optional |  | ",
    "tags | list of text | optional | [] | ",
    "headers | object of text | optional |  | ",
    "retry | object | optional |  | ",
    "retry.max-tries | number | optional | 3 | ",
    "retry.wait-ms | number | required |  | ",
    'sinks | list of { kind: "file", out-path: text } | { kind: "db", pool-size?: number } | required |  | ',
    "size | [number, number] | required |  | ",
    "anything | anything | optional |  | ",
  ]);
});

test.each([
  [
    v.pipe(v.number(), v.minValue(1), v.maxValue(9), v.multipleOf(2)),
    "number, at least 1, at most 9, a multiple of 2",
  ],
  [v.pipe(v.number(), v.gtValue(1), v.ltValue(9)), "number, more than 1, less than 9"],
  [v.pipe(v.string(), v.minLength(2), v.maxLength(4)), "text, at least 2 long, at most 4 long"],
  [v.pipe(v.string(), v.length(3), v.regex(/^a/)), "text, 3 long, matching /^a/"],
  [v.pipe(v.string(), v.url()), "text, a URL"],
  [v.pipe(v.string(), v.isoDate()), "text, a date as YYYY-MM-DD"],
  [v.pipe(v.string(), v.transform(Number), v.number()), "text"],
  [v.union([v.number(), v.nullable(v.boolean())]), "number | true or false | null"],
  [v.intersect([v.object({ aB: v.number() }), v.object({})]), "{ a-b: number } & object"],
  [v.set(v.bigint()), "list of whole number"],
  [v.map(v.string(), v.date()), "object of date"],
  [v.lazy(() => v.string()), "…"],
  [v.literal(5n), "5"],
  [v.instance(Date), "instance"],
  [v.array(v.array(v.array(v.array(v.array(v.string()))))), "list of list of list of list of list of …"],
] as [sdk.v.GenericSchema, string][])("%#: a schema's input in words", (schema, words) => {
  const component = defineComponent({ config: v.object({ x: schema }), run() {} });
  const resolved = { type: "T", file: undefined, folder: undefined, exportName: "default" };
  expect(describePlugin(resolved, component).fields.map((field) => field.type)).toEqual([words]);
});

test("a configuration of several objects has the keys of all, and one without keys has none", () => {
  const resolved = { type: "T", file: undefined, folder: undefined, exportName: "default" };
  const config = v.intersect([v.object({ aB: v.number() }), v.object({ cD: v.optional(v.string()) })]);
  expect(
    describePlugin(resolved, defineComponent({ config, run() {} })).fields.map((field) => field.name),
  ).toEqual(["a-b", "c-d"]);
  const record = v.record(v.string(), v.string());
  expect(describePlugin(resolved, defineComponent({ config: record, run() {} })).fields).toEqual([]);
});
