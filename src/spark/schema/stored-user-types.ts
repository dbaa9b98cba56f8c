import type { DataType, Field } from "./data-type.ts";

/** Element types are never null in them. */
const NUMBERS: DataType = { type: "array", element: { type: "double" }, containsNull: false };
const INDICES: DataType = { type: "array", element: { type: "integer" }, containsNull: false };

/**
 * How Spark stores the user-defined types that it names without saying how they are stored: those of its own machine
 * learning, which its clients know.
 */
export const STORED_USER_TYPES: ReadonlyMap<string, DataType> = new Map([
  [
    "org.apache.spark.ml.linalg.VectorUDT",
    struct([
      ["type", { type: "byte" }, false],
      ["size", { type: "integer" }, true],
      ["indices", INDICES, true],
      ["values", NUMBERS, true],
    ]),
  ],
  [
    "org.apache.spark.ml.linalg.MatrixUDT",
    struct([
      ["type", { type: "byte" }, false],
      ["numRows", { type: "integer" }, false],
      ["numCols", { type: "integer" }, false],
      ["colPtrs", INDICES, true],
      ["rowIndices", INDICES, true],
      ["values", NUMBERS, true],
      ["isTransposed", { type: "boolean" }, false],
    ]),
  ],
]);

function struct(fields: readonly (readonly [string, DataType, boolean])[]): DataType {
  return {
    type: "struct",
    fields: fields.map(([name, type, nullable]): Field => ({ name, type, nullable })),
  };
}
