import { CairnError } from "../../base/mod.ts";

import type { SparkValue } from "./spark-value.ts";
import { decodeVariant } from "./variant-decode.ts";

/** The metadata of a variant without any object key. */
const EMPTY_METADATA = Uint8Array.of(1, 0, 0);

/**
 * A value of SQL's `variant`: its own type travels with it. The two byte strings are Spark's (the Parquet variant
 * encoding); sent back they are the same value.
 *
 * ```ts
 * const row = await df.first(); // SELECT parse_json('{"a": [1, 2.50]}') AS v
 * if (row?.["v"] instanceof Variant) row["v"].toValue(); // { a: [1, Decimal 2.50] }
 * ```
 */
export class Variant {
  readonly value: Uint8Array;
  readonly metadata: Uint8Array;

  constructor(value: Uint8Array, metadata: Uint8Array = EMPTY_METADATA) {
    this.value = value;
    this.metadata = metadata;
  }

  /**
   * The value in JavaScript: integers as number where they are exact, else bigint, decimals as `Decimal`, objects and
   * arrays as such, times as Temporal's.
   *
   * @throws CairnError `SPARK_VALUE_INVALID` for bytes that are no variant.
   */
  toValue(): SparkValue {
    try {
      return decodeVariant(this.value, this.metadata);
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      throw new CairnError("Cannot read a variant: its bytes end too early", {
        code: "SPARK_VALUE_INVALID",
        kind: "world",
        cause: thrown,
      });
    }
  }
}
