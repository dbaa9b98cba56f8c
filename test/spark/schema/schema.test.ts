import { describe, expect, test } from "bun:test";

import { Schema } from "../../../src/spark/schema/schema.ts";
import { typeFromMessage, typeToMessage } from "../../../src/spark/schema/type-message.ts";
import { DataTypeSchema } from "../../../src/spark/gen/spark/connect/types_pb.ts";
import { create } from "@bufbuild/protobuf";

/** DDL, and how PySpark prints it in one line. */
const TYPES: readonly (readonly [string, string])[] = [
  ["a INT NOT NULL, b string", "struct<a:int,b:string>"],
  ["`order id`: bigint, `a``b` tinyint", "struct<order id:bigint,a`b:tinyint>"],
  ["d dec, e decimal(5), f NUMERIC(38, 18)", "struct<d:decimal(10,0),e:decimal(5,0),f:decimal(38,18)>"],
  [
    "s string collate UNICODE_CI, c char(3), v varchar(9)",
    "struct<s:string collate UNICODE_CI,c:char(3),v:varchar(9)>",
  ],
  [
    "t timestamp, n timestamp_ntz, l timestamp_ltz, d date, x time(3)",
    "struct<t:timestamp,n:timestamp_ntz,l:timestamp,d:date,x:time(3)>",
  ],
  [
    "y interval year to month, m interval month, d interval day to second, h interval hour, i interval",
    "struct<y:interval year to month,m:interval month,d:interval day to second,h:interval hour,i:interval>",
  ],
  [
    "m map<string, array<struct<a: int, b: void>>>, v variant, f float, r real, b binary, o boolean, s smallint",
    "struct<m:map<string,array<struct<a:int,b:void>>>,v:variant,f:float,r:float,b:binary,o:boolean,s:smallint>",
  ],
  ["struct<a: int, b: struct<>>", "struct<a:int,b:struct<>>"],
];

describe("a schema", () => {
  for (const [ddl, simple] of TYPES) {
    test(`is read from DDL, and from all that it writes: ${ddl}`, () => {
      const schema = Schema.parse(ddl);
      expect(schema.simpleString()).toBe(simple);
      expect(Schema.parse(schema.toDdl())).toEqual(schema);
      expect(Schema.fromJson(schema.toJSON())).toEqual(schema);
      const message = create(DataTypeSchema, typeToMessage(schema.type()));
      expect(typeFromMessage(message)).toEqual(schema.type());
    });
  }

  test("keeps comments, and finds its fields", () => {
    const schema = Schema.parse("id bigint not null comment 'it''s the key', b int");
    expect(schema.field("id")).toEqual({
      name: "id",
      type: { type: "long" },
      nullable: false,
      metadata: '{"comment":"it\'s the key"}',
    });
    expect(schema.field("nope")).toBeUndefined();
    expect(Schema.fromJson(schema.toJSON())).toEqual(schema);
  });

  test("has the JSON form that PySpark prints", () => {
    expect(Schema.parse("a array<string collate UNICODE>, b byte not null").toJSON()).toEqual({
      type: "struct",
      fields: [
        {
          name: "a",
          type: { type: "array", elementType: "string", containsNull: true },
          nullable: true,
          metadata: { __COLLATIONS: { "a.element": "icu.UNICODE" } },
        },
        { name: "b", type: "byte", nullable: false, metadata: {} },
      ],
    });
  });

  const wrong: readonly (readonly [string, string])[] = [
    ["a", "a type is missing (character 2)"],
    ["a int b", '"b" is too much (character 6)'],
    ["a inte", '"inte" is no type of Spark SQL (character 2)'],
    ["a array<int", '">" is missing (character 12)'],
    ["a decimal(39)", "decimal(39,0) needs 1 to 38 digits"],
    ["a decimal(5,6)", "decimal(5,6) needs 1 to 38 digits"],
    ["a char", "the length of char is missing"],
    ["a int,", "a column's name is missing"],
    ["a int; drop", "a name or type is expected (character 6)"],
    ["a interval year to day", "year or month is missing"],
  ];
  for (const [ddl, state] of wrong) {
    test(`says what is wrong, and where: ${ddl}`, () => {
      expect(() => Schema.parse(ddl)).toThrow(state);
    });
  }

  test("is refused from JSON that isn't one", () => {
    for (const json of [null, 5, [], {}, { type: "struct" }, { type: "struct", fields: [{ name: 1 }] }]) {
      expect(() => Schema.fromJson(json)).toThrow("Cannot read a Spark schema from JSON");
    }
  });
});
