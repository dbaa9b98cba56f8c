import type { Column } from "./column.ts";
import { joinKeys, type JoinOn } from "./join-keys.ts";
import { type JoinKind, joinType } from "./join-kinds.ts";
import { planError, wholeNumber } from "./plan.ts";
import { RowVerbs } from "./row-verbs.ts";

const INTERSECT = 1;
const UNION = 2;
const EXCEPT = 3;

/** The ways of `lateralJoin`, as `Join.JoinType` numbers them. */
const LATERAL = { inner: 1, left: 3, leftouter: 3, left_outer: 3, cross: 7 } as const;

/** The greatest `count` of `nearestByJoin` that Spark takes. */
const MOST_NEAREST = 100_000;

/** What `nearestByJoin` looks for. */
export interface NearestOptions {
  /** Rows of the other for each of this, 1 to 100,000. */
  readonly count: number;
  /** `exact`, or `approx` where Spark may look at less; `exact` by default. */
  readonly mode?: "exact" | "approx" | undefined;
  /** Whether a small rank is near (`distance`) or a great one (`similarity`); `distance` by default. */
  readonly direction?: "distance" | "similarity" | undefined;
  /** `left` keeps rows without any; `inner` by default. */
  readonly how?: "inner" | "left" | undefined;
}

/** The verbs that take a second DataFrame, of the same session. */
export abstract class CombiningVerbs extends RowVerbs {
  /**
   * Rows of both that belong together. `on` names columns of both sides, which the result has once, or gives conditions.
   *
   * ```ts
   * orders.join(customers, "customer_id", "left");
   * orders.join(customers, orders.col("customer").eq(customers.col("id")));
   * ```
   */
  join(other: this, on?: JoinOn, how: JoinKind = "inner"): this {
    const [left, right] = [this.relation, other.relation];
    return this.next({ case: "join", value: { left, right, joinType: joinType(how), ...joinKeys(on) } });
  }

  /** Every row of this with every row of the other. */
  crossJoin(other: this): this {
    return this.join(other, undefined, "cross");
  }

  /**
   * Each row with the rows that the other query has for it: columns that the other doesn't have are this one's. Spark
   * 4.0 and newer.
   *
   * ```ts
   * const latest = orders.filter(col("customer").eq(col("c.id").outer())).orderBy(col("day").desc()).limit(3);
   * customers.alias("c").lateralJoin(latest, undefined, "left");
   * ```
   *
   * @throws CairnError `SPARK_PLAN_INVALID` for another way to join than these
   */
  lateralJoin(other: this, on?: Column, how: keyof typeof LATERAL = "inner"): this {
    const way = Object.hasOwn(LATERAL, how) ? LATERAL[how] : undefined;
    if (way === undefined) {
      throw planError(
        `Cannot join laterally: "${how}" is no way to do it`,
        `The ways are ${Object.keys(LATERAL).join(", ")}.`,
      );
    }
    const condition = on && { joinCondition: on.expression };
    const value = { left: this.relation, right: other.relation, joinType: way, ...condition };
    return this.next({ case: "lateralJoin", value });
  }

  /**
   * Each row with those of the other that come nearest by the ranking. Spark 4.2 and newer.
   *
   * ```ts
   * const far = functions.abs(users.col("score").minus(products.col("score")));
   * users.nearestByJoin(products, far, { count: 5 });
   * ```
   */
  nearestByJoin(other: this, ranking: Column, options: NearestOptions): this {
    const { count, mode = "exact", direction = "distance", how = "inner" } = options;
    const numResults = wholeNumber(count, "the number of nearest rows", 1);
    if (numResults > MOST_NEAREST) {
      throw planError(`Cannot join the nearest: ${count} are too many, ${MOST_NEAREST} are the limit`);
    }
    const [left, right] = [this.relation, other.relation];
    const ways = { joinType: how === "left" ? "leftouter" : how, mode, direction };
    const value = { left, right, rankingExpression: ranking.expression, numResults, ...ways };
    return this.next({ case: "nearestByJoin", value });
  }

  /** The columns of both side by side, row by row, where both come of one DataFrame by `select` and the like. Spark 4.3 and newer. */
  zip(other: this): this {
    return this.next({ case: "zip", value: { left: this.relation, right: other.relation } });
  }

  /** The rows of both, duplicates included, columns by their order. */
  union(other: this): this {
    return this.#combine(other, UNION, true);
  }

  /** As {@link CombiningVerbs.union}. */
  unionAll(other: this): this {
    return this.union(other);
  }

  /** As {@link CombiningVerbs.union}, columns by their names; those that one side lacks are null where that is allowed. */
  unionByName(other: this, options: { readonly allowMissingColumns?: boolean } = {}): this {
    const { allowMissingColumns = false } = options;
    return this.#combine(other, UNION, true, { byName: true, allowMissingColumns });
  }

  /** The different rows that both have. */
  intersect(other: this): this {
    return this.#combine(other, INTERSECT, false);
  }

  /** The rows that both have, as often as both have them. */
  intersectAll(other: this): this {
    return this.#combine(other, INTERSECT, true);
  }

  /** The different rows that the other doesn't have. */
  subtract(other: this): this {
    return this.#combine(other, EXCEPT, false);
  }

  /** The rows that the other doesn't have, as often as it has them less. */
  exceptAll(other: this): this {
    return this.#combine(other, EXCEPT, true);
  }

  #combine(
    other: this,
    setOpType: 1 | 2 | 3,
    isAll: boolean,
    names: { byName?: boolean; allowMissingColumns?: boolean } = {},
  ): this {
    const [leftInput, rightInput] = [this.relation, other.relation];
    return this.next({ case: "setOp", value: { leftInput, rightInput, setOpType, isAll, ...names } });
  }
}
