/** How Arrow numbers its types (`Schema.fbs`), those that Spark uses. */
export const ARROW_TYPE: {
  readonly [
    Name in
      | "null"
      | "int"
      | "float"
      | "binary"
      | "utf8"
      | "bool"
      | "decimal"
      | "date"
      | "time"
      | "timestamp"
      | "interval"
      | "list"
      | "struct"
      | "map"
      | "duration"
      | "largeBinary"
      | "largeUtf8"
      | "largeList"
  ]: number;
} = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
};

/** The name of one of {@link ARROW_TYPE}. */
export type ArrowTypeName = keyof typeof ARROW_TYPE;

/** Units of time as Arrow numbers them. */
export const ARROW_UNIT = { second: 0, milli: 1, micro: 2, nano: 3 } as const;
/** Intervals as Arrow numbers them. */
export const ARROW_INTERVAL = { yearMonth: 0, dayTime: 1, monthDayNano: 2 } as const;

/** A field of Arrow's schema: how its values lie in memory. */
export interface ArrowField {
  readonly name: string;
  readonly nullable: boolean;
  readonly type: ArrowTypeName;
  /** Of `int`, `float`, `decimal` and `time`. */
  readonly bits: number;
  /** Whether an `int` has a sign. */
  readonly signed: boolean;
  readonly precision: number;
  readonly scale: number;
  /** Of `date` (0 days, 1 milliseconds), `time`, `timestamp`, `duration`, `interval`. */
  readonly unit: number;
  /** Of `timestamp`; undefined is a timestamp without zone. */
  readonly zone: string | undefined;
  readonly children: readonly ArrowField[];
  readonly metadata: ReadonlyMap<string, string>;
}
