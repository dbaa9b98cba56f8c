import { describe, expect, test } from "bun:test";
import { type CairnError, type JsonValue, messageOf } from "../../src/base/mod.ts";
import { checkOutputs } from "../../src/sdk/contract/compare.ts";
import { typeFits, typeText } from "../../src/sdk/contract/field-type.ts";
import { parseType, producedType } from "../../src/sdk/contract/parse-type.ts";
import {
  checkInputs,
  compareContracts,
  defineComponent,
  inputFrom,
  type SchemaContract,
  v,
} from "../../src/sdk/mod.ts";
import { seeded } from "../kit/mod.ts";

function field(type: string, nullable?: boolean): SchemaContract {
  return [{ name: "f", type, nullable }];
}

/** What one field of outputs says beside a type; undefined: it fits. */
function said(type: string, value: JsonValue): string | undefined {
  return checkOutputs(field(type, false), { f: value }, true)[0]?.text;
}

describe("types", () => {
  test.each([
    ["VARCHAR", "string"],
    ["varchar(20)", "string"],
    ["Integer", "int"],
    ["BIGINT", "long"],
    ["bool", "boolean"],
    ["tinyint", "byte"],
    ["SMALLINT", "short"],
    ["DOUBLE PRECISION", "double"],
    ["REAL", "float"],
    ["DECIMAL(10, 2)", "decimal(10,2)"],
    ["numeric(5)", "decimal(5,0)"],
    ["decimal", "decimal"],
    ["BLOB", "binary"],
    ["TIMESTAMP WITH TIME ZONE", "timestamp"],
    ["timestamp(6) without time zone", "timestamp_ntz"],
    ["timestamp_ntz", "timestamp_ntz"],
    ["INTEGER[]", "array<int>"],
    ["INTEGER[3][]", "array<array<int>>"],
    ["array<struct<a:int,b:array<string>>>", "array<struct<a:int,b:array<string>>>"],
    ['STRUCT(a INTEGER, "b c" VARCHAR)[]', "array<struct<a:int,b c:string>>"],
    ["STRUCT<a: INT NOT NULL COMMENT 'it''s', `b``c`: STRING>", undefined],
    ["STRUCT<a: INT NOT NULL COMMENT 'the key', `b``c`: STRING>", "struct<a:int,b`c:string>"],
    ["MAP(VARCHAR, BIGINT)", "map<string,long>"],
    ["map<string,map<int,double>>", "map<string,map<int,double>>"],
    ["struct<>", "struct<>"],
    ["array", "array"],
    ["array<int", undefined],
    ["int >", undefined],
    ["", undefined],
    ["decimal(a)", undefined],
    [`${"array<".repeat(40)}int${">".repeat(40)}`, undefined],
  ])("%s is read as %s", (written, read) => {
    const parsed = parseType(written);
    expect(parsed === undefined ? undefined : typeText(parsed.type)).toBe(read);
  });

  test("what is written again is the same type", () => {
    const random = seeded("contract types");
    const scalars = ["string", "int", "long", "double", "date", "decimal(9,3)", "uuid"];
    const make = (depth: number): string => {
      const pick = depth > 3 ? 0 : random.int(5);
      if (pick === 1) return `array<${make(depth + 1)}>`;
      if (pick === 2) return `map<string,${make(depth + 1)}>`;
      if (pick === 3) return `struct<a:${make(depth + 1)},b:${make(depth + 1)}>`;
      return random.pick(scalars);
    };
    for (let round = 0; round < 300; round++) {
      const text = make(0);
      const type = producedType(text);
      expect(typeText(type)).toBe(text);
      expect(
        typeFits(type, producedType(text.toUpperCase().replaceAll(/\b[AB]:/gu, (x) => x.toLowerCase()))),
      ).toBe(true);
    }
  });

  test.each([
    ["int", "long", false],
    ["string", "varchar", true],
    ["decimal", "decimal(9,2)", true],
    ["decimal(9,2)", "decimal(9,3)", false],
    ["decimal(9,2)", "decimal", false],
    ["timestamp", "timestamp_ntz", false],
    ["array", "array<int>", true],
    ["array<long>", "array<int>", false],
    ["map", "map<string,int>", true],
    ["struct", "struct<a:int>", true],
    ["struct<a:int>", "struct<b:string,a:int>", true],
    ["struct<a:int,b:int>", "struct<a:int>", false],
    ["struct<a:int>", "map<string,int>", false],
    ["int", "geometry", false],
  ])("%s takes %s: %p", (expected, found, fits) => {
    expect(typeFits(producedType(expected), producedType(found))).toBe(fits);
  });

  test("a type that nobody knows equals its own name", () => {
    expect(typeFits(producedType("GEOMETRY"), producedType("geometry "))).toBe(true);
    expect(typeFits(producedType("ENUM('a')"), producedType("enum('a')"))).toBe(true);
  });
});

describe("values", () => {
  test.each<[string, readonly JsonValue[], readonly JsonValue[]]>([
    ["string", ["", "x"], [1, true, [], {}]],
    ["boolean", [true, false], ["true", 0]],
    ["byte", [-128, 127], [128, 1.5, "1"]],
    ["short", [-32768, 32767], [32768]],
    ["int", [0, -2147483648], [2147483648, 0.5]],
    ["long", [9007199254740991], [9007199254740992, "1"]],
    ["float", [1, 1.5], ["1"]],
    ["double", [1e300], [true]],
    ["decimal", [1, 1.25, "12.30"], ["12,3", true, 1e40]],
    ["decimal(4,2)", [12.34, "012.340", -99], [123, 1.234, "123.4"]],
    ["date", ["2026-02-28"], ["2026-02-30", "20260228", 20260228]],
    [
      "timestamp",
      ["2026-01-01T10:00:00Z", "2026-01-01 10:00:00.5+01:00", "2026-01-01T10:00"],
      ["2026-01-01", 0],
    ],
    ["timestamp_ntz", ["2026-01-01T10:00:00"], ["2026-01-01T10:00:00Z"]],
    ["time", ["10:00:01"], ["ten"]],
    ["binary", ["AQID", ""], ["A", 1]],
    ["uuid", ["f81d4fae-7dec-11d0-a765-00a0c91e6bf6"], ["f81d4fae"]],
    ["json", [1, "a", [], {}], []],
    ["array<int>", [[], [1, null]], [["1"], {}]],
    ["map<string,int>", [{}, { a: 1 }], [{ a: "1" }, []]],
    [
      "struct<a:int,b:array<string>>",
      [
        { a: 1, b: [], c: 2 },
        { a: null, b: ["x"] },
      ],
      [{ a: 1 }, { a: 1, b: [1] }, []],
    ],
  ])("%s", (type, good, bad) => {
    for (const value of good) expect([value, said(type, value)]).toEqual([value, undefined]);
    for (const value of bad)
      expect([value, said(type, value)]).toEqual([value, expect.stringContaining("expected")]);
  });

  test("no message holds the value", () => {
    for (const type of ["int", "date", "array<int>", "map<string,date>", "struct<a:date>", "decimal(4,2)"]) {
      for (const value of ["hunter2", ["hunter2"], { a: "hunter2" }]) {
        expect(said(type, value)).not.toContain("hunter2");
      }
    }
  });
});

describe("outputs beside a contract", () => {
  const contract: SchemaContract = [
    { name: "id", type: "long", nullable: false },
    { name: "amount", type: "decimal(10,2)" },
  ];
  const texts = (outputs: JsonValue | undefined, extra = true): string[] =>
    checkOutputs(contract, outputs, extra).map(({ severity, text }) => `${severity}: ${text}`);

  test("plain fields", () => {
    expect(texts({ id: 1, amount: "1.50" })).toEqual([]);
    expect(texts({ id: 1, amount: null })).toEqual([]);
    expect(texts({ id: null, amount: 1 })).toEqual(['error: field "id" is null, expected not null']);
    expect(texts({ id: 1 })).toEqual(['error: field "amount" is missing, expected decimal(10,2)']);
    expect(texts({ id: "1", amount: 1, rows: 3 })).toEqual([
      'error: field "id" is a text, expected long',
      'warning: 1 field is not in it: "rows"',
    ]);
    expect(texts({ id: 1, amount: 1, rows: 3 }, false)).toEqual([]);
    expect(texts(JSON.parse('{"id":1,"amount":1,"__proto__":2}') as JsonValue)).toEqual([
      'warning: 1 field is not in it: "__proto__"',
    ]);
    expect(checkOutputs([{ name: "constructor", type: "string" }], {}, true)[0]?.text).toContain("missing");
  });

  test("a table's schema", () => {
    const schema = (...fields: readonly JsonValue[]): JsonValue => ({ rows: 3, schema: fields });
    const amount = { name: "amount", type: "DECIMAL(10,2)", nullable: true };
    expect(texts(schema({ name: "id", type: "bigint", nullable: false }, amount))).toEqual([]);
    expect(texts(schema({ name: "id", type: "bigint" }, amount))).toEqual([]);
    expect(texts(schema({ name: "id", type: "bigint", nullable: true }, amount))).toEqual([
      'error: field "id" may be null, expected not null',
    ]);
    expect(texts(schema({ name: "Id", type: "int" }, amount))).toEqual([
      'error: field "id" is missing, expected long',
      'warning: 1 field is not in it: "Id"',
    ]);
    expect(checkOutputs(contract, schema({ name: "Id", type: "int" }), false)[0]?.hint).toBe(
      'Is "Id" meant to be "id"?',
    );
  });

  test("a schema that is no list of fields is a field like others", () => {
    expect(texts({ schema: "public", id: 1, amount: 1 })).toEqual([
      'warning: 1 field is not in it: "schema"',
    ]);
    expect(texts({ schema: [{ name: "id" }] })).toEqual([
      'error: field "id" is missing, expected long',
      'error: field "amount" is missing, expected decimal(10,2)',
      'warning: 1 field is not in it: "schema"',
    ]);
  });

  test("nothing, and what is no object", () => {
    expect(texts(undefined)).toEqual(["error: nothing was returned"]);
    expect(texts([])).toEqual(["error: what was returned is no object"]);
    expect(checkOutputs([], undefined, true)).toEqual([]);
  });
});

describe("an input beside an output", () => {
  test.each([
    ["the same", field("int", false), field("integer", false), []],
    ["nullable asked, not null offered", field("int"), field("int", false), []],
    [
      "not null asked, nullable offered",
      field("int", false),
      field("int"),
      ['error: field "f" may be null, expected not null'],
    ],
    ["another type", field("int"), field("long"), ['error: field "f" is long, expected int']],
    ["missing", field("int"), [], ['error: field "f" is missing, expected int']],
    ["more than asked", [], field("int"), ['warning: 1 field is not asked for: "f"']],
  ] as const)("%s", (_, input, output, expected) => {
    expect(compareContracts(input, output).map(({ severity, text }) => `${severity}: ${text}`)).toEqual([
      ...expected,
    ]);
  });

  test("by instance name", () => {
    const input = { "A(x)": field("int") };
    expect(inputFrom(input, "A(x)")).toEqual(field("int"));
    expect(inputFrom(input, "constructor")).toBeUndefined();
    expect(inputFrom(field("int"), "B")).toEqual(field("int"));
  });

  test("a component that returned nothing gives nothing to check", () => {
    const order = { failOnWarning: true, producers: [{ name: "A", output: field("int") }, { name: "B" }] };
    expect(() => checkInputs("C", field("int"), order, new Map([["A", undefined]]))).not.toThrow();
    expect(() => checkInputs("C", field("int"), order, new Map([["B", { f: "x" }]]))).toThrow(
      'Cannot start "C": what "B" produced breaks the input contract of "C": field "f" is a text, expected int',
    );
  });
});

describe("declaring", () => {
  const loose = defineComponent as (options: unknown) => unknown;
  const run = (): void => undefined;

  test.each([
    [{ output: "int" }, 'needs "output" to be a list of fields'],
    [{ output: [1] }, 'needs the fields of "output" as objects'],
    [{ output: [{ type: "int" }] }, 'needs a name for each field of "output"'],
    [{ output: [{ name: "a", type: "intt" }] }, 'does not know the type "intt" of the field "a" of "output"'],
    [{ output: [{ name: "a", type: "array<" }] }, 'needs the type of the field "a" of "output" as a text'],
    [{ output: [{ name: "a" }] }, 'needs the type of the field "a" of "output" as a text'],
    [{ output: [{ name: "a", type: "int", nulable: true }] }, 'does not know the key "nulable"'],
    [{ output: [{ name: "a", type: "int", nullable: "no" }] }, 'needs "nullable" of the field "a"'],
    [
      {
        output: [
          { name: "a", type: "int" },
          { name: "a", type: "int" },
        ],
      },
      'has two fields "a" in "output"',
    ],
    [{ input: { A: [{ name: "a", type: "intt" }] } }, 'of the field "a" of "input.A"'],
  ])("%j is refused", (options, message) => {
    try {
      loose({ run, ...options });
    } catch (thrown) {
      expect((thrown as CairnError).code).toBe("PLUGIN_DEFINITION_INVALID");
      expect(messageOf(thrown)).toContain(message);
      return;
    }
    throw new Error("it was accepted");
  });

  test("what a function of the configuration gives is checked when it is asked for", () => {
    const definition = defineComponent({
      config: v.object({ from: v.string() }),
      input: ({ from }) => ({ [from]: field("int") }),
      output: () => [{ name: "a", type: "intt" }],
      run,
    });
    expect(definition.input?.fixed).toBeUndefined();
    expect(definition.input?.of({ from: "A" })).toEqual({ A: field("int") });
    expect(() => definition.output?.of({ from: "A" })).toThrow('does not know the type "intt"');
  });
});
