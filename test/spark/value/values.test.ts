import { describe, expect, test } from "bun:test";
import { assert, bigInt, integer, property } from "fast-check";

import { Decimal } from "../../../src/spark/value/decimal.ts";
import { Geography } from "../../../src/spark/value/geography.ts";
import { Geometry } from "../../../src/spark/value/geometry.ts";
import {
  dateOf,
  dateTimeOf,
  dateTimeOfNanos,
  dayTimeOf,
  daysOf,
  instantOfParts,
  microsAndNanos,
  microsOfDateTime,
  microsOfDuration,
  monthsOfDuration,
  nanosOfDateTime,
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
    const nanos = 170_000_000_000_000_000_000n;
    assert(
      property(bigInt({ min: -nanos, max: nanos }), (given) => {
        const [micros, left] = microsAndNanos(given);
        expect(micros * 1000n + BigInt(left)).toBe(given);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(instantOfParts(micros, left).epochNanoseconds).toBe(given);
        expect(nanosOfDateTime(dateTimeOfNanos(given))).toBe(given);
        expect(dateTimeOfNanos(given).toString()).toBe(
          new Temporal.Instant(given).toZonedDateTimeISO("UTC").toPlainDateTime().toString(),
        );
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

describe("shapes", () => {
  test("are equal by their bytes and their reference system, and written as text", () => {
    const shape = new Geometry(Uint8Array.of(1, 2), 3857);
    expect(shape.equals(new Geometry(Uint8Array.of(1, 2), 3857))).toBe(true);
    expect(shape.equals(new Geometry(Uint8Array.of(1, 2), 0))).toBe(false);
    expect(shape.equals(new Geometry(Uint8Array.of(1), 3857))).toBe(false);
    expect(JSON.stringify([shape, new Geography(Uint8Array.of(255), 4326)])).toBe(
      '["SRID=3857;0102","SRID=4326;ff"]',
    );
    const other = new Geography(Uint8Array.of(255), 4326);
    expect([other.equals(new Geography(Uint8Array.of(255), 4326)), String(other)]).toEqual([
      true,
      "SRID=4326;ff",
    ]);
  });
});

describe("variants", () => {
  test("have timestamps in nanoseconds, with zone and without", () => {
    const decoded = [18, 19].map((type) => {
      const value = new DataView(new ArrayBuffer(9));
      value.setUint8(0, type << 2);
      value.setBigInt64(1, -1n, true);
      return decodeVariant(new Uint8Array(value.buffer), Uint8Array.of(1, 0, 0));
    });
    expect(decoded.map(String)).toEqual(["1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999"]);
  });

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
