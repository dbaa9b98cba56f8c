import { describe, expect, test } from "bun:test";

import type { DataType, StructType } from "../../../src/spark/schema/data-type.ts";
import { Schema } from "../../../src/spark/schema/schema.ts";
import { readSentSchema, sentSchema } from "../../../src/spark/schema/sent-schema.ts";
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
  [
    "a TIMESTAMP(9), b timestamp_ltz(7) NOT NULL, c timestamp_ntz(8), d timestamp(9) without time zone, e timestamp(6)",
    "struct<a:timestamp_ltz(9),b:timestamp_ltz(7),c:timestamp_ntz(8),d:timestamp_ntz(9),e:timestamp>",
  ],
  [
    "t time, u time(9), v time(0) without time zone, w timestamp with local time zone",
    "struct<t:time(6),u:time(9),v:time(0),w:timestamp>",
  ],
  [
    "a geometry(0), b geometry(any), c geography(4326), d geography(ANY), e array<geometry(4267)>, f geometry(2181), g geometry(102100)",
    "struct<a:geometry(0),b:geometry(any),c:geography(4326),d:geography(any),e:array<geometry(4267)>,f:geometry(2181),g:geometry(102100)>",
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

  test("names the reference systems of shapes in JSON as Spark does", () => {
    const types =
      "a geometry(0), b geometry(3857), c geometry(4326), d geometry(2187), e geometry(32766), f geometry(115953)";
    const json = Schema.parse(`${types}, g geography(4326), h geography(any), i geometry(4269)`).toJSON();
    expect((json as { fields: { type: string }[] }).fields.map(({ type }) => type)).toEqual([
      "geometry(SRID:0)",
      "geometry(EPSG:3857)",
      "geometry(OGC:CRS84)",
      "geometry(ESRI:2187)",
      "geometry(EPSG:32766)",
      "geometry(ESRI:115953)",
      "geography(OGC:CRS84, SPHERICAL)",
      "geography(SRID:ANY, SPHERICAL)",
      "geometry(OGC:CRS83)",
    ]);
    const fromJson = (type: string): string =>
      Schema.fromJson({ type: "struct", fields: [{ name: "g", type }] }).simpleString();
    expect(fromJson("geometry")).toBe("struct<g:geometry(4326)>");
    expect(fromJson("geometry(srid:any)")).toBe("struct<g:geometry(any)>");
    expect(fromJson("geography(EPSG:4326,spherical)")).toBe("struct<g:geography(4326)>");
    expect(() => fromJson("geometry(MINE:7)")).toThrow('Cannot read the Spark schema "geometry(MINE:7)"');
  });

  test("keeps the classes of user-defined types, and is their stored types in SQL", () => {
    const point: DataType = {
      type: "udt",
      sqlType: { type: "array", element: { type: "double" }, containsNull: false },
      pythonClass: "shapes.PointUDT",
      serializedPythonClass: "gAWV",
    };
    const type: StructType = {
      type: "struct",
      fields: [
        { name: "p", type: point, nullable: true },
        {
          name: "l",
          type: { type: "array", element: { ...point, jvmClass: "a.b.Shapes$PointUDT" }, containsNull: true },
          nullable: true,
        },
      ],
    };
    const schema = new Schema(type.fields);
    expect(Schema.fromJson(schema.toJSON())).toEqual(schema);
    expect(typeFromMessage(create(DataTypeSchema, typeToMessage(type)))).toEqual(type);
    expect(schema.simpleString()).toBe("struct<p:udt,l:array<udt>>");
    expect(schema.toDdl()).toBe("`p` ARRAY<DOUBLE>, `l` ARRAY<ARRAY<DOUBLE>>");
    expect(schema.treeString()).toBe(
      [
        "root",
        " |-- p: pythonuserdefined (nullable = true)",
        " |-- l: array (nullable = true)",
        " |    |-- element: point (containsNull = true)",
        "",
      ].join("\n"),
    );
  });

  test("goes with rows as JSON, and as SQL where it has shapes and SQL says everything", () => {
    const plain = Schema.parse("a int NOT NULL, b map<string, timestamp_ntz(9)>");
    expect(sentSchema(plain)).toBe(JSON.stringify(plain));
    const shapes = Schema.parse("a map<string, array<geometry(12)>> NOT NULL, `b c` string collate UNICODE");
    expect(sentSchema(shapes)).toBe(
      "`a` MAP<STRING, ARRAY<GEOMETRY(12)>> NOT NULL, `b c` STRING COLLATE UNICODE",
    );
    const more = Schema.parse("a geography(4326) COMMENT 'where'");
    expect(sentSchema(more)).toBe(JSON.stringify(more));
    for (const schema of [plain, shapes, more]) expect(readSentSchema(sentSchema(schema))).toEqual(schema);
  });

  test("names types of newer servers, and refuses to send them", () => {
    const unknown = typeFromMessage(create(DataTypeSchema, {}));
    expect(unknown).toEqual({ type: "unsupported", name: "a type of a newer server" });
    expect(() => typeToMessage(unknown)).toThrow(
      "its type a type of a newer server has no form in this client",
    );
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
    ["a time(10)", "time(10) has more than 9 digits (character 2)"],
    ["a timestamp(3)", "timestamp(3) is no type of Spark SQL: timestamps have 6 to 9 digits"],
    ["a timestamp_ntz(10)", "timestamp_ntz(10) is no type of Spark SQL"],
    ["a timestamp without zone", '"time" is missing (character 20)'],
    ["a geometry", '"(" is missing'],
    ["a geography(world)", '"world" is no number'],
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
