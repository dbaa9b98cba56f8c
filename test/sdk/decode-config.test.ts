import { describe, expect, test } from "bun:test";
import type { JsonValue } from "../../src/base/mod.ts";
import { pathKey, v } from "../../src/sdk/mod.ts";
import { read } from "./read.ts";

const Extract = v.object({
  sourcePath: v.string(),
  batchSize: v.optional(v.pipe(v.number(), v.integer()), 1000),
  sourceURL: v.optional(v.string()),
});

describe("keys of objects", () => {
  test.each([
    [{ "source-path": "a", "batch-size": 5, "source-url": "u" }],
    [{ sourcePath: "a", batchSize: 5, sourceURL: "u" }],
    [{ sourcePath: "a", "batch-size": 5, "source-url": "u" }],
  ])("are found in either spelling: %j", (value) => {
    expect(read(Extract, value)).toEqual({ sourcePath: "a", batchSize: 5, sourceURL: "u" });
  });

  test("are found too where the schema itself is written in kebab-case or snake_case", () => {
    const schema = v.object({ "out-path": v.string(), max_size: v.number() });
    expect(read(schema, { outPath: "a", max_size: 1 })).toEqual({ "out-path": "a", max_size: 1 });
    expect(read(schema, { "out-path": "a", max_size: 1 })).toEqual({ "out-path": "a", max_size: 1 });
  });

  test("that a schema declares in both spellings mean each its own", () => {
    const schema = v.object({ aB: v.number(), "a-b": v.number() });
    expect(read(schema, { aB: 1, "a-b": 2 })).toEqual({ aB: 1, "a-b": 2 });
  });

  test("given twice are refused", () => {
    expect(read(Extract, { sourcePath: "a", "source-path": "b" })).toEqual([
      'source-path: "sourcePath" and "source-path" are two spellings of one key (Keep one of them.)',
    ]);
  });

  test("that are unknown are refused with the nearest one, in the spelling of their neighbours", () => {
    expect(read(Extract, { "source-path": "a", "bath-size": 3 })).toEqual([
      'bath-size: unknown key "bath-size" (Did you mean "batch-size"?)',
    ]);
    expect(read(Extract, { sourcePath: "a", bathSize: 3 })).toEqual([
      'bathSize: unknown key "bathSize" (Did you mean "batchSize"?)',
    ]);
    expect(read(Extract, { "source-path": "a", zzz: 3 })).toEqual([
      'zzz: unknown key "zzz" (Valid keys: source-path, batch-size, source-url.)',
    ]);
    expect(read(v.object({}), { zzz: 3 })).toEqual(['zzz: unknown key "zzz" (No keys are expected here.)']);
    expect(read(v.strictObject({ aB: v.number() }), { "a-b": 1, c: 2 })).toEqual([
      'c: unknown key "c" (Valid keys: a-b.)',
    ]);
  });

  test("that are unknown pass where the schema says so", () => {
    expect(read(v.looseObject({ aB: v.number() }), { "a-b": "1", "c-d": { "e-f": 1 } })).toEqual({
      aB: 1,
      "c-d": { "e-f": 1 },
    });
    expect(read(v.objectWithRest({ aB: v.number() }, v.number()), { "a-b": 1, "c-d": "2" })).toEqual({
      aB: 1,
      "c-d": 2,
    });
  });

  test("that are missing are named as the user would write them", () => {
    expect(read(Extract, { "batch-size": 1 })).toEqual([
      'source-path: the required key "source-path" is missing',
    ]);
    expect(read(Extract, { batchSize: 1 })).toEqual(['sourcePath: the required key "sourcePath" is missing']);
    expect(read(Extract, {})).toEqual(['source-path: the required key "source-path" is missing']);
  });

  test("with null count as not given, except where the schema takes null", () => {
    expect(read(Extract, { "source-path": "a", "batch-size": null })).toEqual({
      sourcePath: "a",
      batchSize: 1000,
    });
    expect(read(Extract, { "source-path": null })).toEqual([
      'source-path: the required key "source-path" is missing',
    ]);
    const schema = v.object({
      aB: v.nullable(v.string()),
      cD: v.nullish(v.string(), "x"),
      eF: v.optional(v.union([v.null(), v.number()])),
    });
    expect(read(schema, { "a-b": null, "c-d": null, "e-f": null })).toEqual({ aB: null, cD: "x", eF: null });
  });

  test("named like parts of a prototype are ordinary", () => {
    const value = JSON.parse('{ "__proto__": { "x": 1 }, "constructor": 2 }') as JsonValue;
    expect(read(v.object({}), value)).toEqual([
      '__proto__: unknown key "__proto__" (No keys are expected here.)',
      'constructor: unknown key "constructor" (No keys are expected here.)',
    ]);
    for (const schema of [v.record(v.string(), v.any()), v.looseObject({})]) {
      expect(read(schema, value)).toEqual([
        `__proto__: the key "__proto__" can't be kept here (Choose another key; a plugin that needs such keys takes them with v.map.)`,
        `constructor: the key "constructor" can't be kept here (Choose another key; a plugin that needs such keys takes them with v.map.)`,
      ]);
    }
    expect(read(v.map(v.string(), v.any()), value)).toEqual(
      new Map<string, unknown>([
        ["__proto__", { x: 1 }],
        ["constructor", 2],
      ]),
    );
    expect(({} as { x?: number }).x).toBeUndefined();
    expect(read(v.object({ constructor: v.number() }), { constructor: 2 })).toEqual({ constructor: 2 });
  });
});

describe("keys of records and maps stay as written", () => {
  const schema = v.object({
    headers: v.record(v.string(), v.string()),
    perTable: v.optional(v.record(v.string(), v.object({ maxRows: v.number() }))),
    byName: v.optional(v.map(v.string(), v.object({ maxRows: v.number() }))),
  });

  test("while the objects in them follow their own schema", () => {
    expect(
      read(schema, {
        headers: { "content-type": "json", xFoo: "y" },
        "per-table": { "order-items": { "max-rows": 5 }, orderItems: { maxRows: 6 } },
        "by-name": { "a-b": { "max-rows": 7 } },
      }),
    ).toEqual({
      headers: { "content-type": "json", xFoo: "y" },
      perTable: { "order-items": { maxRows: 5 }, orderItems: { maxRows: 6 } },
      byName: new Map([["a-b", { maxRows: 7 }]]),
    });
  });

  test("and issues in them name the written keys", () => {
    expect(
      read(schema, {
        headers: {},
        "per-table": { "order-items": { "max-row": 1 } },
        "by-name": { x: { "max-rows": "many" } },
      }),
    ).toEqual([
      'per-table.order-items.max-row: unknown key "max-row" (Did you mean "max-rows"?)',
      'per-table.order-items.max-rows: the required key "max-rows" is missing',
      'by-name.x.max-rows: expected a number, found "many"',
    ]);
  });
});

describe("nested schemas", () => {
  const Sink = v.variant("kind", [
    v.object({ kind: v.literal("file"), outPath: v.string() }),
    v.object({
      kind: v.picklist(["postgres", "mysql"]),
      connUrl: v.string(),
      poolSize: v.optional(v.number(), 4),
    }),
  ]);

  test("in lists, tuples and sets are followed", () => {
    const schema = v.object({
      items: v.array(v.object({ aB: v.number() })),
      pair: v.tuple([v.object({ cD: v.string() }), v.number()]),
      tags: v.set(v.string()),
    });
    expect(
      read(schema, { items: [{ "a-b": 1 }, { aB: "2" }], pair: [{ "c-d": 5 }, "6"], tags: ["x", 1, "x"] }),
    ).toEqual({
      items: [{ aB: 1 }, { aB: 2 }],
      pair: [{ cD: "5" }, 6],
      tags: new Set(["x", "1"]),
    });
    expect(
      read(schema, { items: [{ "a-b": 1 }, { "a-c": 2 }], pair: [{ "c-d": "x" }, "y"], tags: "x" }),
    ).toEqual([
      'items.1.a-c: unknown key "a-c" (Did you mean "a-b"?)',
      'items.1.a-b: the required key "a-b" is missing',
      'pair.1: expected a number, found "y"',
      'tags: expected a list, found "x"',
    ]);
  });

  test("an object with whole numbers as keys is a list, as in HOCON", () => {
    expect(read(v.object({ l: v.array(v.string()) }), { l: { "10": "c", "0": "a", "2": "b" } })).toEqual({
      l: ["a", "b", "c"],
    });
    expect(
      read(v.object({ l: v.array(v.object({ aB: v.number() })) }), { l: { "7": { "a-b": "x" } } }),
    ).toEqual(['l.7.a-b: expected a number, found "x"']);
  });

  test("of variants go by the discriminator", () => {
    const schema = v.object({ sinks: v.array(Sink) });
    expect(
      read(schema, {
        sinks: [
          { kind: "file", "out-path": "a" },
          { kind: "mysql", "conn-url": "b" },
        ],
      }),
    ).toEqual({
      sinks: [
        { kind: "file", outPath: "a" },
        { kind: "mysql", connUrl: "b", poolSize: 4 },
      ],
    });
    expect(
      read(schema, { sinks: [{ kind: "mysql", conn: "b" }, { kind: "fil", "out-path": "a" }, {}] }),
    ).toEqual([
      'sinks.0.conn: unknown key "conn" (Valid keys: kind, conn-url, pool-size.)',
      'sinks.0.conn-url: the required key "conn-url" is missing',
      'sinks.1.kind: expected "file" or "postgres" or "mysql", found "fil"',
      'sinks.2.kind: expected "file" or "postgres" or "mysql", found nothing',
    ]);
  });

  test("of variants whose discriminator has two words", () => {
    const schema = v.variant("sinkKind", [
      v.object({ sinkKind: v.literal("a-b"), xY: v.number() }),
      v.object({ sinkKind: v.literal(2) }),
    ]);
    expect(read(schema, { "sink-kind": "a-b", "x-y": 1 })).toEqual({ sinkKind: "a-b", xY: 1 });
    expect(read(schema, { "sink-kind": "2" })).toEqual({ sinkKind: 2 });
  });

  test("of unions are the first that fits, without reading a value as another type if one takes it as it is", () => {
    const schema = v.object({
      to: v.union([v.string(), v.number(), v.object({ outPath: v.string() }), v.array(v.string())]),
    });
    expect(read(schema, { to: 12 })).toEqual({ to: 12 });
    expect(read(schema, { to: "12" })).toEqual({ to: "12" });
    expect(read(schema, { to: true })).toEqual({ to: "true" });
    expect(read(schema, { to: { "out-path": "x" } })).toEqual({ to: { outPath: "x" } });
    expect(read(schema, { to: [1] })).toEqual({ to: ["1"] });
    expect(read(schema, { to: { "out-pat": "x" } })).toEqual([
      'to.out-pat: unknown key "out-pat" (Did you mean "out-path"?)',
      'to.out-path: the required key "out-path" is missing',
    ]);
    expect(read(v.object({ to: v.union([v.number(), v.boolean()]) }), { to: ["x"] })).toEqual([
      "to: expected a number or true or false, found a list",
    ]);
  });

  test("an unknown key in a union's option is an issue though the rest would pass", () => {
    const schema = v.object({ to: v.union([v.string(), v.object({ aB: v.optional(v.number()) })]) });
    expect(read(schema, { to: { "a-c": 1 } })).toEqual(['to.a-c: unknown key "a-c" (Did you mean "a-b"?)']);
  });

  test("of intersections share the keys", () => {
    const schema = v.intersect([v.object({ aB: v.number() }), v.object({ cD: v.string() })]);
    expect(read(schema, { "a-b": "1", "c-d": 2 })).toEqual({ aB: 1, cD: "2" });
    expect(read(schema, { "a-b": 1, "c-d": "x", e: 1 })).toEqual([
      'e: unknown key "e" (Valid keys: a-b, c-d.)',
    ]);
  });

  test("that hold themselves are followed", () => {
    interface Tree {
      readonly leafName: string;
      readonly subTrees?: readonly Tree[] | undefined;
    }
    const TreeSchema: v.GenericSchema<unknown, Tree> = v.object({
      leafName: v.string(),
      subTrees: v.optional(v.array(v.lazy(() => TreeSchema))),
    });
    expect(
      read(TreeSchema, { "leaf-name": "a", "sub-trees": [{ "leaf-name": "b" }, { leafName: 3 }] }),
    ).toEqual({
      leafName: "a",
      subTrees: [{ leafName: "b" }, { leafName: "3" }],
    });
    expect(read(TreeSchema, { "leaf-name": "a", "sub-trees": [{ "leaf-nam": "b" }] })).toEqual([
      'sub-trees.0.leaf-nam: unknown key "leaf-nam" (Did you mean "leaf-name"?)',
      'sub-trees.0.leaf-name: the required key "leaf-name" is missing',
    ]);
  });

  test("nested 100,000 deep end in an issue", () => {
    const Deep: v.GenericSchema = v.object({ a: v.optional(v.lazy(() => Deep)) });
    let value: JsonValue = {};
    for (let i = 0; i < 100_000; i++) value = { a: value };
    expect(read(Deep, value)).toEqual([`${"a.".repeat(500)}a: nested deeper than 500 levels`]);
  });
});

describe("scalars are read as the reference's getters would", () => {
  const taken: readonly (readonly [v.GenericSchema, JsonValue, unknown])[] = [
    [v.number(), "12", 12],
    [v.number(), "-1.5e3", -1500],
    [v.number(), ".5", 0.5],
    [v.number(), " 1 ", 1],
    [v.string(), 12, "12"],
    [v.string(), true, "true"],
    [v.boolean(), "yes", true],
    [v.boolean(), "off", false],
    [v.boolean(), "true", true],
    [v.bigint(), 12, 12n],
    [v.bigint(), "-12", -12n],
    [v.date(), "2026-11-23T20:00:00Z", new Date("2026-11-23T20:00:00Z")],
    [v.literal(5), "5", 5],
    [v.picklist(["1", "2"]), 2, "2"],
    [v.picklist([1, 2]), "2", 2],
    [v.optional(v.nullable(v.number())), "3", 3],
    [v.pipe(v.string(), v.trim(), v.toLowerCase()), 7, "7"],
    [v.any(), "12", "12"],
  ];

  test.each(
    taken.map(
      ([schema, value, expected]) => [JSON.stringify(value), schema.type, schema, value, expected] as const,
    ),
  )("%s for %s", (_text, _type, schema, value, expected) => {
    expect(read(v.object({ x: schema }), { x: value })).toEqual({ x: expected });
  });

  const refused: readonly (readonly [v.GenericSchema, JsonValue, string])[] = [
    [v.number(), "12x", 'x: expected a number, found "12x"'],
    [v.number(), "", 'x: expected a number, found ""'],
    [v.number(), true, "x: expected a number, found true"],
    [v.boolean(), 1, "x: expected true or false, found 1"],
    [v.boolean(), "TRUE", 'x: expected true or false, found "TRUE"'],
    [v.bigint(), 1.5, "x: expected a whole number, found 1.5"],
    [v.string(), ["a"], "x: expected a string, found a list"],
    [v.string(), { a: 1 }, "x: expected a string, found an object"],
    [v.object({ a: v.any() }), [1], "x: expected an object, found a list"],
    [v.object({ a: v.any() }), "s", 'x: expected an object, found "s"'],
    [v.picklist(["fast", "slow"]), "fsat", 'x: expected "fast" or "slow", found "fsat"'],
    [v.pipe(v.number(), v.integer()), 1.5, "x: invalid integer: found 1.5"],
    [v.pipe(v.number(), v.minValue(1)), 0, "x: invalid value: expected >=1, found 0"],
    [v.pipe(v.string(), v.minLength(3, "at least three letters")), "ab", "x: at least three letters"],
    [v.date(), "2026-99-99", 'x: expected a date, found "2026-99-99"'],
  ];

  test.each(
    refused.map(
      ([schema, value, issue]) => [JSON.stringify(value), schema.type, schema, value, issue] as const,
    ),
  )("%s for %s is refused", (_text, _type, schema, value, issue) => {
    expect(read(v.object({ x: schema }), { x: value })).toEqual([issue]);
  });

  test("a number for a text keeps the digits that were written", () => {
    const numberTexts = {
      [pathKey(["x"])]: "1.50",
      [pathKey(["l", 0])]: "007",
      [pathKey(["big"])]: "12345678901234567890",
    };
    const schema = v.object({ x: v.string(), l: v.array(v.string()), big: v.bigint() });
    expect(read(schema, { x: 1.5, l: [7], big: 12345678901234567000 }, { numberTexts })).toEqual({
      x: "1.50",
      l: ["007"],
      big: 12345678901234567890n,
    });
  });
});

describe("messages", () => {
  test("hold no values of secret keys", () => {
    const schema = v.object({
      password: v.pipe(v.string(), v.regex(/^x/)),
      apiToken: v.pipe(v.string(), v.email()),
      credentials: v.object({ user: v.picklist(["a", "b"]) }),
      myKey: v.number(),
    });
    const value = {
      password: "hunter2",
      "api-token": "hunter3",
      credentials: { user: "hunter4" },
      "my-key": "hunter5",
    };
    const issues = read(schema, value, { redact: ["my-key"] });
    expect(issues).toEqual([
      "password: invalid format: expected /^x/, found another string",
      "api-token: invalid email: found another string",
      'credentials.user: expected "a" or "b", found another string',
      "my-key: expected a number, found another string",
    ]);
  });

  test("cut long values", () => {
    const [issue] = read(v.object({ x: v.number() }), { x: "y".repeat(1000) }) as string[];
    expect(issue).toBe(`x: expected a number, found "${"y".repeat(59)}…`);
  });

  test("of a schema whose check throws say so", () => {
    const schema = v.object({
      x: v.pipe(
        v.string(),
        v.check(() => {
          throw new Error("boom");
        }),
      ),
    });
    expect(read(schema, { x: "a" })).toEqual([": the schema of the plugin failed: boom"]);
  });

  test("are all given at once", () => {
    expect((read(Extract, { "source-path": [], "batch-size": "x", zzz: 1 }) as string[]).length).toBe(3);
  });
});
