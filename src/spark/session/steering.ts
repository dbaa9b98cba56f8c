/** What an error asks of whoever would try again: nothing is mended by it, or it may well pass. */
export type Steering = "permanent" | "transient";

/** The mark that Cairn's runner heeds on errors of any origin; for everyone else it is just a property. */
const STEERING: unique symbol = Symbol.for("cairn.steering") as never;

/** SQLSTATE classes of errors that the query itself is the reason for: features, data, syntax and names. */
const OF_THE_QUERY = /^(?:0A|21|22|42)/;

/** Marks an error and gives it back. */
export function steer<E extends Error>(error: E, steering: Steering): E {
  Object.defineProperty(error, STEERING, { value: steering, configurable: true });
  return error;
}

/** Java's names of the same errors: 3.5 tells no SQLSTATE. */
const EXCEPTIONS_OF_THE_QUERY: ReadonlySet<string> = new Set([
  "org.apache.spark.sql.AnalysisException",
  "org.apache.spark.SparkArithmeticException",
  "org.apache.spark.SparkArrayIndexOutOfBoundsException",
  "org.apache.spark.SparkDateTimeException",
  "org.apache.spark.SparkNumberFormatException",
]);

/** Whether the same query fails again with the same data: by SQLSTATE, or by the names of Java's classes without one. */
export function isOfTheQuery(sqlState: string | undefined, typeHierarchy: readonly string[]): boolean {
  if (sqlState !== undefined) return OF_THE_QUERY.test(sqlState);
  return typeHierarchy.some((name) => EXCEPTIONS_OF_THE_QUERY.has(name));
}
