import type { PlanRunner } from "../plan-runner.ts";
import type { Operand } from "./column.ts";
import { argumentExpression, type ColumnOrName } from "./columns.ts";
import { DataFrame } from "./data-frame.ts";

/**
 * Functions that give tables: `spark.tvf`. Where a column of another query goes in, they stand in its `lateralJoin`. Spark
 * 4.0 and newer.
 *
 * ```ts
 * orders.alias("o").lateralJoin(spark.tvf.explode(col("o.items").outer()));
 * ```
 */
export class TableValuedFunctions {
  readonly #runner: PlanRunner;

  constructor(runner: PlanRunner) {
    this.#runner = runner;
  }

  /** Any function that gives a table, by its name; texts name columns, other values are literals. */
  call(functionName: string, ...args: readonly Operand[]): DataFrame {
    const value = { functionName, arguments: args.map(argumentExpression) };
    return new DataFrame(this.#runner, { relType: { case: "unresolvedTableValuedFunction", value } });
  }

  /** A row for each element of an array (`col`) or entry of a map (`key`, `value`). */
  explode(collection: ColumnOrName): DataFrame {
    return this.call("explode", collection);
  }

  /** As `explode`; a row of nulls for nothing. */
  explodeOuter(collection: ColumnOrName): DataFrame {
    return this.call("explode_outer", collection);
  }

  /** As `explode`, with the place, from 0, as `pos` before it. */
  posexplode(collection: ColumnOrName): DataFrame {
    return this.call("posexplode", collection);
  }

  /** As `posexplode`; a row of nulls for nothing. */
  posexplodeOuter(collection: ColumnOrName): DataFrame {
    return this.call("posexplode_outer", collection);
  }

  /** A row for each struct of an array, a column for each of its fields. */
  inline(structs: ColumnOrName): DataFrame {
    return this.call("inline", structs);
  }

  /** As `inline`; a row of nulls for nothing. */
  inlineOuter(structs: ColumnOrName): DataFrame {
    return this.call("inline_outer", structs);
  }

  /** The values of those fields of a JSON text, as texts. */
  jsonTuple(json: ColumnOrName, ...fields: readonly Operand[]): DataFrame {
    return this.call("json_tuple", json, ...fields);
  }

  /** Values in that many rows. */
  stack(rows: Operand, ...values: readonly Operand[]): DataFrame {
    return this.call("stack", rows, ...values);
  }

  /** A row for each element or field of a variant: `pos`, `key`, `value`. */
  variantExplode(variant: ColumnOrName): DataFrame {
    return this.call("variant_explode", variant);
  }

  /** As `variantExplode`; a row of nulls for nothing. */
  variantExplodeOuter(variant: ColumnOrName): DataFrame {
    return this.call("variant_explode_outer", variant);
  }

  /** The collations that the server knows. */
  collations(): DataFrame {
    return this.call("collations");
  }

  /** The words of SQL, and which are reserved. */
  sqlKeywords(): DataFrame {
    return this.call("sql_keywords");
  }
}
