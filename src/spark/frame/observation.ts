import { CairnError, uuid } from "../../base/mod.ts";
import type { ExecutePlanResponse_ObservedMetrics } from "../gen/spark/connect/base_pb.ts";
import type { SparkValue } from "../value/spark-value.ts";
import { literalValue } from "./literal-value.ts";
import { type ExpressionInit, planError, type RelationInit } from "./plan.ts";

/** What an observation has seen, by the aggregates' names. */
export type ObservedMetrics = { readonly [name: string]: SparkValue };

/** Where a plan keeps whom it tells; not one of the message's fields, so it isn't sent. */
const OBSERVATION = Symbol("who is told of metrics");

/**
 * Aggregates that are computed while an action goes over rows, without another query: what `observe` is given. One is
 * for one `observe`.
 */
export class Observation {
  /** By which Spark's listeners and web UI know it. */
  readonly name: string;
  #used = false;
  #seen: ObservedMetrics | undefined;
  /** Why the server has no values. */
  #failure: string | undefined;

  /** @param name of its own among those of a query; a new UUID by default */
  constructor(name: string = uuid()) {
    if (name === "") throw planError("Cannot make an observation: its name is empty");
    this.name = name;
  }

  /**
   * What the first action over the rows has seen.
   *
   * @throws CairnError `SPARK_NOT_OBSERVED` where none has ended yet, or the server couldn't compute them
   */
  get get(): ObservedMetrics {
    if (this.#seen !== undefined) return this.#seen;
    const state = this.#failure ?? "no action has told it yet";
    throw new CairnError(`Cannot tell what "${this.name}" has observed: ${state}`, {
      code: "SPARK_NOT_OBSERVED",
      kind: "config",
      hint: "Await an action of the DataFrame that observe() gave, or of one made of it.",
    });
  }

  /** What `observe` makes of it. @throws CairnError `SPARK_PLAN_INVALID` the second time */
  metricsOf(
    input: RelationInit,
    metrics: readonly ExpressionInit[],
  ): { input: RelationInit; name: string; metrics: ExpressionInit[] } {
    if (this.#used) throw planError(`Cannot observe rows: the observation "${this.name}" is in use already`);
    this.#used = true;
    const value = { input, name: this.name, metrics: [...metrics], [OBSERVATION]: this };
    return value;
  }

  /** Keeps what the server has sent, unless something is there already. */
  tell({ keys, values, errors, rootErrorIdx }: ExecutePlanResponse_ObservedMetrics): void {
    const failure = errors[rootErrorIdx ?? 0];
    if (failure !== undefined) this.#failure ??= failure.message;
    else {
      // Servers before 4.0 don't say the names.
      this.#seen ??= Object.fromEntries(
        values.map(
          (value, index) => [keys[index] ?? `observed_metric_${index}`, literalValue(value)] as const,
        ),
      );
    }
  }
}

/** Tells the observations of a plan what an execution of it has seen. */
export function tellObservations(plan: unknown, metrics: ExecutePlanResponse_ObservedMetrics): void {
  if (typeof plan !== "object" || plan === null || ArrayBuffer.isView(plan)) return;
  const observation = OBSERVATION in plan ? plan[OBSERVATION] : undefined;
  if (observation instanceof Observation && observation.name === metrics.name) observation.tell(metrics);
  for (const part of Object.values(plan)) tellObservations(part, metrics);
}
