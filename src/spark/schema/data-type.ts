/** The types without parameters. `null` is SQL's `void`: the type of a bare `NULL`. */
export type PlainTypeName =
  | "null"
  | "boolean"
  | "byte"
  | "short"
  | "integer"
  | "long"
  | "float"
  | "double"
  | "binary"
  | "date"
  | "timestamp"
  | "timestamp_ntz"
  | "interval"
  | "variant";

/** The parts of a year-month interval, as the protocol numbers them. */
export const YEAR_MONTH_PARTS: readonly ["year", "month"] = ["year", "month"];
/** The parts of a day-time interval, as the protocol numbers them. */
export const DAY_TIME_PARTS: readonly ["day", "hour", "minute", "second"] = [
  "day",
  "hour",
  "minute",
  "second",
];

/** A part of a year-month interval. */
export type YearMonthPart = (typeof YEAR_MONTH_PARTS)[number];
/** A part of a day-time interval. */
export type DayTimePart = (typeof DAY_TIME_PARTS)[number];

/** A type of one of {@link PlainTypeName}. */
export interface PlainType {
  readonly type: PlainTypeName;
}

/** A decimal number of at most `precision` digits, `scale` of them after the point. */
export interface DecimalType {
  readonly type: "decimal";
  /** 1 to 38. */
  readonly precision: number;
  /** 0 to `precision`. */
  readonly scale: number;
}

/** Text. Collations change comparison on the server, not the value. */
export interface StringType {
  readonly type: "string";
  /** Undefined is `UTF8_BINARY`. */
  readonly collation?: string | undefined;
}

/** Text of a fixed (`char`) or greatest (`varchar`) length in characters. */
export interface SizedStringType {
  readonly type: "char" | "varchar";
  readonly length: number;
}

/** A time of day without zone. */
export interface TimeType {
  readonly type: "time";
  /** Digits after the second, 0 to 9; up to 6 before Spark 4.3. */
  readonly precision: number;
}

/** `timestamp_ltz(p)` and `timestamp_ntz(p)`: what is finer than a microsecond, which those without precision hold. */
export interface TimestampNanosType {
  readonly type: "timestamp_ltz nanos" | "timestamp_ntz nanos";
  /** Digits after the second, 7 to 9. */
  readonly precision: number;
}

/** Shapes in a plane (`geometry`) or on the globe (`geography`). */
export interface SpatialType {
  readonly type: "geometry" | "geography";
  /** Number of the reference system that all values are in; `any` where each says its own. */
  readonly srid: number | "any";
}

/** An interval of months, or of microseconds. */
export interface YearMonthIntervalType {
  readonly type: "year-month interval";
  readonly start: YearMonthPart;
  readonly end: YearMonthPart;
}

/** An interval of microseconds. */
export interface DayTimeIntervalType {
  readonly type: "day-time interval";
  readonly start: DayTimePart;
  readonly end: DayTimePart;
}

/** A list of values of one type. */
export interface ArrayType {
  readonly type: "array";
  readonly element: DataType;
  readonly containsNull: boolean;
}

/** Pairs of key and value; keys are never null. */
export interface MapType {
  readonly type: "map";
  readonly key: DataType;
  readonly value: DataType;
  readonly valueContainsNull: boolean;
}

/** Named fields in an order; a DataFrame's schema is one. */
export interface StructType {
  readonly type: "struct";
  readonly fields: readonly Field[];
}

/** A type that classes of Spark or Python define. Its values are read and sent as the type that they are stored as. */
export interface UserDefinedType {
  readonly type: "udt";
  readonly sqlType: DataType;
  /** The class in Scala or Java, where there is one. */
  readonly jvmClass?: string | undefined;
  /** The class in Python, with its module, where there is one. */
  readonly pythonClass?: string | undefined;
  /** The class in Python itself, pickled, in base64; of types without a class in Scala. */
  readonly serializedPythonClass?: string | undefined;
}

/** A type of a newer server, which this client has no values for. */
export interface UnsupportedType {
  readonly type: "unsupported";
  /** How the server calls it. */
  readonly name: string;
}

/** A column of a DataFrame, or a member of a struct. */
export interface Field {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  /** JSON text of the field's metadata, where it has some. */
  readonly metadata?: string | undefined;
}

/**
 * A type of Spark SQL, as plain data.
 *
 * ```ts
 * const price: DataType = { type: "decimal", precision: 10, scale: 2 };
 * const tags: DataType = { type: "array", element: { type: "string" }, containsNull: true };
 * ```
 */
export type DataType =
  | PlainType
  | DecimalType
  | StringType
  | SizedStringType
  | TimeType
  | TimestampNanosType
  | SpatialType
  | YearMonthIntervalType
  | DayTimeIntervalType
  | ArrayType
  | MapType
  | StructType
  | UserDefinedType
  | UnsupportedType;

/** What the values of a type are stored and sent as: itself, but for user-defined types. */
export function storedType(type: DataType): Exclude<DataType, UserDefinedType> {
  return type.type === "udt" ? storedType(type.sqlType) : type;
}
