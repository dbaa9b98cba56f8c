import { sortOrder } from "./column.ts";
import { type ColumnOrName, columnOf } from "./columns.ts";
import { valueExpression } from "./expression.ts";
import { type FrameInit, planError, type WindowParts } from "./plan.ts";

const ROWS = 1;
const RANGE = 2;

/** The part of a window that a function sees; `-Infinity` and `Infinity` are without bound, 0 is the current row. */
interface Frame {
  readonly kind: 1 | 2;
  readonly start: number;
  readonly end: number;
}

/** The rows that a window function sees from each row; see {@link Window}. */
export class WindowSpec {
  readonly #partition: readonly ColumnOrName[];
  readonly #order: readonly ColumnOrName[];
  readonly #frame: Frame | undefined;

  constructor(partition: readonly ColumnOrName[], order: readonly ColumnOrName[], frame?: Frame) {
    this.#partition = partition;
    this.#order = order;
    this.#frame = frame;
  }

  /** Only rows with equal values of these. */
  partitionBy(...columns: readonly ColumnOrName[]): WindowSpec {
    return new WindowSpec(columns, this.#order, this.#frame);
  }

  /** The order of those rows, which ranks and frames go by. */
  orderBy(...columns: readonly ColumnOrName[]): WindowSpec {
    return new WindowSpec(this.#partition, columns, this.#frame);
  }

  /** From `start` to `end` rows after the current one; negative is before it. */
  rowsBetween(start: number, end: number): WindowSpec {
    return new WindowSpec(this.#partition, this.#order, checked({ kind: ROWS, start, end }));
  }

  /** Rows whose order value lies from `start` to `end` above the current row's. */
  rangeBetween(start: number, end: number): WindowSpec {
    return new WindowSpec(this.#partition, this.#order, checked({ kind: RANGE, start, end }));
  }

  /** What a plan says of it. */
  spec(): WindowParts {
    return {
      partitionSpec: this.#partition.map((column) => columnOf(column).expression),
      orderSpec: this.#order.map((column) => sortOrder(columnOf(column))),
      ...(this.#frame && { frameSpec: frameOf(this.#frame) }),
    };
  }
}

/**
 * Windows for {@link Column.over}.
 *
 * ```ts
 * const byDay = Window.partitionBy("shop").orderBy("day").rowsBetween(Window.unboundedPreceding, Window.currentRow);
 * df.withColumn("so far", functions.sum("sales").over(byDay));
 * ```
 */
export const Window: {
  readonly unboundedPreceding: number;
  readonly currentRow: number;
  readonly unboundedFollowing: number;
  partitionBy(...columns: readonly ColumnOrName[]): WindowSpec;
  orderBy(...columns: readonly ColumnOrName[]): WindowSpec;
  rowsBetween(start: number, end: number): WindowSpec;
  rangeBetween(start: number, end: number): WindowSpec;
} = {
  unboundedPreceding: -Infinity,
  currentRow: 0,
  unboundedFollowing: Infinity,
  partitionBy: (...columns) => new WindowSpec(columns, []),
  orderBy: (...columns) => new WindowSpec([], columns),
  rowsBetween: (start, end) => new WindowSpec([], []).rowsBetween(start, end),
  rangeBetween: (start, end) => new WindowSpec([], []).rangeBetween(start, end),
};

function checked(frame: Frame): Frame {
  const { start, end } = frame;
  const whole = [start, end].every((bound) => Number.isSafeInteger(bound) || Math.abs(bound) === Infinity);
  if (whole && start <= end) return frame;
  throw planError(`Cannot make a window from ${start} to ${end}: it needs whole numbers, the smaller first`);
}

function frameOf({ kind, start, end }: Frame): FrameInit {
  return { frameType: kind, lower: boundary(start, kind), upper: boundary(end, kind) };
}

type Boundary = NonNullable<FrameInit["lower"]>;

function boundary(bound: number, kind: Frame["kind"]): Boundary {
  if (bound === 0) return { boundary: { case: "currentRow", value: true } };
  if (Math.abs(bound) === Infinity) return { boundary: { case: "unbounded", value: true } };
  // Ranges are over numbers of any width, counts of rows are integers.
  return { boundary: { case: "value", value: valueExpression(kind === RANGE ? BigInt(bound) : bound) } };
}
