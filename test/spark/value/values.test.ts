import { describe, expect, test } from "bun:test";
import { assert, bigInt, integer, property } from "fast-check";

import { Decimal } from "../../../src/spark/value/decimal.ts";
import {
  dateOf,
  dateTimeOf,
  dayTimeOf,
  daysOf,
  microsOfDateTime,
  microsOfDuration,
  monthsOfDuration,
  yearMonthOf,
} from "../../../src/spark/value/time-values.ts";
import { decodeVariant } from "../../../src/spark/value/variant-decode.ts";
import { seeded } from "../../kit/mod.ts";

describe("decimals", () => {
  test("are read and written with all digits", () => {
    const texts = [
      "0",
      "-0.01",
      "12.50",
      "99999999999999999999999999999999999999",
      "0.00000000000000000000000000000000000001",
    ];
    for (const text of texts) expect(Decimal.parse(text).toString()).toBe(text);
    expect(Decimal.parse("+.5").toString()).toBe("0.5");
    expect(Decimal.parse("1.5e3").toString()).toBe("1500");
    expect(Decimal.parse("15e-3").toString()).toBe("0.015");
    expect(Decimal.from(0.1).toString()).toBe("0.1");
    expect(Decimal.from(10n).toString()).toBe("10");
    expect(JSON.stringify({ price: Decimal.parse("9.90") })).toBe('{"price":"9.90"}');
  });

  test("compare as numbers, and are never rounded", () => {
    expect(Decimal.parse("1.5").equals(Decimal.parse("1.50"))).toBe(true);
    expect(Decimal.parse("-2").compare(Decimal.parse("1.999"))).toBeLessThan(0);
    expect(Decimal.parse("12.50").withScale(1).toString()).toBe("12.5");
    expect(() => Decimal.parse("12.55").withScale(1)).toThrow("it has more");
    for (const text of ["", ".", "1,5", "x", "1e99999", "NaN", "--1"]) {
      expect(() => Decimal.parse(text)).toThrow("it isn't a decimal number");
    }
  });
});

describe("times", () => {
  test("are those of Temporal, there and back, on any day", () => {
    const { seed } = seeded("times of Spark");
    assert(
      property(integer({ min: -3_000_000, max: 3_000_000 }), (days) => {
        const date = dateOf(days);
        expect(date.toString()).toBe(Temporal.PlainDate.from("1970-01-01").add({ days }).toString());
        expect(daysOf(date)).toBe(days);
      }),
      { seed: seed | 0 },
    );
    const most = 250_000_000_000_000_000n;
    assert(
      property(bigInt({ min: -most, max: most }), (micros) => {
        expect(microsOfDateTime(dateTimeOf(micros))).toBe(micros);
        expect(microsOfDuration(dayTimeOf(micros))).toBe(micros);
      }),
      { seed: seed | 0 },
    );
    assert(
      property(integer(), (months) => {
        expect(monthsOfDuration(yearMonthOf(months))).toBe(months);
      }),
      { seed: seed | 0 },
    );
  });
});

describe("variants", () => {
  test("that end too early are refused at every byte", () => {
    // {"a": [1, "xy"]}
    const metadata = Uint8Array.of(1, 1, 0, 1, 97);
    const value = Uint8Array.of(2, 1, 0, 0, 10, 3, 2, 0, 2, 5, 12, 1, 9, 120, 121);
    expect(decodeVariant(value, metadata)).toEqual({ a: [1, "xy"] });
    for (let length = 0; length < value.length; length += 1) {
      expect(() => decodeVariant(value.slice(0, length), metadata)).toThrow();
    }
  });
});
