import { CairnError } from "../../base/mod.ts";

const TEXT = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** The greatest exponent that {@link Decimal.parse} takes; Spark's decimals have at most 38 digits. */
const MAX_EXPONENT = 1000;

/**
 * An exact decimal number: `unscaled / 10^scale`, as Spark's `decimal(p,s)` has them.
 *
 * ```ts
 * const price = Decimal.parse("12.50");
 * price.unscaled; // 1250n
 * price.scale; // 2
 * price.toString(); // "12.50"
 * ```
 */
export class Decimal {
  /** The digits without the point, with sign. */
  readonly unscaled: bigint;
  /** How many of the digits stand after the point; 0 or more. */
  readonly scale: number;

  constructor(unscaled: bigint, scale: number) {
    this.unscaled = unscaled;
    this.scale = scale;
  }

  /**
   * Reads `-12.50`, `.5`, `1e3`. The scale is that of the text.
   *
   * @throws CairnError `SPARK_VALUE_INVALID` for text that is no decimal number.
   */
  static parse(text: string): Decimal {
    const [, sign, whole = "", part = "", exponent = "0"] = TEXT.exec(text.trim()) ?? [];
    const shift = Number(exponent);
    if (sign === undefined || whole + part === "" || Math.abs(shift) > MAX_EXPONENT) {
      throw invalid(`Cannot read "${text}" as a decimal: it isn't a decimal number`);
    }
    const digits = BigInt(whole + part) * (sign === "-" ? -1n : 1n);
    const scale = part.length - shift;
    return scale >= 0 ? new Decimal(digits, scale) : new Decimal(digits * 10n ** BigInt(-scale), 0);
  }

  /**
   * A decimal from what callers have: text, a bigint, or a number, which counts with the digits that it prints
   * (`0.1` is exactly 0.1).
   *
   * @throws CairnError `SPARK_VALUE_INVALID` for NaN, an infinity, or text that is no number.
   */
  static from(value: Decimal | bigint | number | string): Decimal {
    if (value instanceof Decimal) return value;
    if (typeof value === "bigint") return new Decimal(value, 0);
    return Decimal.parse(String(value));
  }

  /**
   * The same number with another scale.
   *
   * @throws CairnError `SPARK_VALUE_INVALID` where digits other than 0 would be lost: nothing is ever rounded.
   */
  withScale(scale: number): Decimal {
    if (scale === this.scale) return this;
    if (scale > this.scale) return new Decimal(this.unscaled * 10n ** BigInt(scale - this.scale), scale);
    const divisor = 10n ** BigInt(this.scale - scale);
    if (this.unscaled % divisor !== 0n) {
      throw invalid(`Cannot write ${this.toString()} with ${scale} digits after the point: it has more`);
    }
    return new Decimal(this.unscaled / divisor, scale);
  }

  /** How many digits it has, zeros before the first aside; at least its scale. */
  precision(): number {
    return Math.max(digitsOf(this.unscaled).length, this.scale, 1);
  }

  /** Less than 0, 0 or greater than 0, as `this` is less than, equal to or greater than `other`. */
  compare(other: Decimal): number {
    const scale = Math.max(this.scale, other.scale);
    const [left, right] = [this.withScale(scale).unscaled, other.withScale(scale).unscaled];
    if (left === right) return 0;
    return left < right ? -1 : 1;
  }

  /** Whether both are the same number: `1.5` equals `1.50`. */
  equals(other: Decimal): boolean {
    return this.compare(other) === 0;
  }

  /** The nearest number of JavaScript. Loses digits beyond the 15th to 17th. */
  toNumber(): number {
    return Number(this.toString());
  }

  /** All digits: `-0.050`. */
  toString(): string {
    const digits = digitsOf(this.unscaled);
    const sign = this.unscaled < 0n ? "-" : "";
    if (this.scale === 0) return sign + digits;
    const padded = digits.padStart(this.scale + 1, "0");
    return `${sign}${padded.slice(0, -this.scale)}.${padded.slice(-this.scale)}`;
  }

  /** As {@link Decimal.toString}: JSON has no exact numbers. */
  toJSON(): string {
    return this.toString();
  }
}

function digitsOf(unscaled: bigint): string {
  return String(unscaled < 0n ? -unscaled : unscaled);
}

function invalid(message: string): CairnError {
  return new CairnError(message, { code: "SPARK_VALUE_INVALID", kind: "config" });
}
