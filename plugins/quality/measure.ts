import { PermanentError } from "cairn";
import type { SqlCell } from "../sql/engine.ts";
import { CHECKED, type Check, type CheckOf } from "./check-config.ts";
import {
  boundsFact,
  boundsText,
  countText,
  type Fact,
  type Finding,
  percentOf,
  percentText,
} from "./check-result.ts";
import {
  type CheckedRows,
  columnText,
  countOf,
  hasColumn,
  literalText,
  numberOf,
  oneStatement,
} from "./checked-rows.ts";
import { isType } from "./type-names.ts";

/** Of how many parts a sample is made. */
const SAMPLE_PARTS = 10_000;

/** Measures one check and judges it. `source` is its place in the configuration, for what the engine says. */
export async function measure(check: Check, about: CheckedRows, source: string): Promise<Finding> {
  const missing = columnsOf(check).filter((name) => !hasColumn(about.columns, name));
  if (missing.length > 0) return withoutColumns(missing);
  switch (check.type) {
    case "row-count":
      return rowCount(check, about);
    case "nulls":
      return nulls(check, about);
    case "unique":
      return unique(check, about, source);
    case "range":
      return range(check, about, source);
    case "schema":
      return schema(check, about);
    case "sql":
      return custom(check, about, source);
  }
}

/** The columns without which a check can't be measured. */
function columnsOf(check: Check): readonly string[] {
  if (check.type === "nulls" || check.type === "unique") return check.columns;
  return check.type === "range" ? [check.column] : [];
}

function withoutColumns(missing: readonly string[]): Finding {
  const names = missing.map((name) => `"${name}"`).join(", ");
  return {
    passed: false,
    measured: { missing },
    expected: { missing: [] },
    message: `there is no column ${names}`,
  };
}

function rowCount(check: CheckOf<"row-count">, { rows }: CheckedRows): Finding {
  const passed = rows >= check.min && rows <= (check.max ?? Number.POSITIVE_INFINITY);
  return {
    passed,
    measured: rows,
    expected: boundsFact(check),
    message: `${countText(rows, "row")}, expected ${boundsText(check)}`,
  };
}

function nulls(check: CheckOf<"nulls">, { rows, nulls: counted }: CheckedRows): Finding {
  const counts = check.columns.map((name) => [name, counted.get(name) ?? 0] as const);
  const over = counts.filter(([, count]) => percentOf(count, rows) > check.maxPercent);
  const shown = (over.length > 0 ? over : counts).map(
    ([name, count]) => `${countText(count, "null")} in "${name}" (${percentText(percentOf(count, rows))})`,
  );
  return {
    passed: over.length === 0,
    measured: Object.fromEntries(counts),
    expected: { maxPercent: check.maxPercent },
    message: `${shown.join(", ")} of ${countText(rows, "row")}, expected at most ${percentText(check.maxPercent)}`,
  };
}

async function unique(check: CheckOf<"unique">, about: CheckedRows, source: string): Promise<Finding> {
  const columns = check.columns.map((name) => columnText(name, about)).join(", ");
  const hash =
    about.engine === "spark"
      ? `pmod(xxhash64(${columns}), ${SAMPLE_PARTS})`
      : `hash(${columns}) % ${SAMPLE_PARTS}`;
  const isSample = check.sampleFraction < 1;
  // By the hash of the keys, so that the rows of one key are in it or out of it together.
  const where = isSample ? ` WHERE ${hash} < ${Math.ceil(check.sampleFraction * SAMPLE_PARTS)}` : "";
  const from = `${CHECKED}${where}`;
  const rows = isSample ? await countOf(about, `SELECT count(*) AS n FROM ${from}`, source) : about.rows;
  const keys = await countOf(
    about,
    `SELECT count(*) AS n FROM (SELECT DISTINCT ${columns} FROM ${from}) AS keys_of_rows`,
    source,
  );
  const duplicates = rows - keys;
  const percent = percentOf(duplicates, rows);
  return {
    passed: percent <= check.maxPercent,
    measured: { rows, duplicates },
    expected: { maxPercent: check.maxPercent },
    message: `${countText(duplicates, "duplicate")} (${percentText(percent)}) in ${countText(rows, "row")}${isSample ? " of the sample" : ""}, expected at most ${percentText(check.maxPercent)}`,
  };
}

async function range(check: CheckOf<"range">, about: CheckedRows, source: string): Promise<Finding> {
  const column = columnText(check.column, about);
  const outside = [
    ...(check.min === undefined ? [] : [`${column} < ${literalText(check.min, about)}`]),
    ...(check.max === undefined ? [] : [`${column} > ${literalText(check.max, about)}`]),
  ].join(" OR ");
  const count = await countOf(about, `SELECT count(*) AS n FROM ${CHECKED} WHERE ${outside}`, source);
  return {
    passed: count === 0,
    measured: { outside: count },
    expected: boundsFact(check),
    message: `${countText(count, "value")} outside of ${boundsText(check)} in ${countText(about.rows, "row")}`,
  };
}

function schema(check: CheckOf<"schema">, { columns, engine }: CheckedRows): Finding {
  const actual = new Map(columns.map(({ name, type }) => [name.toLowerCase(), type]));
  const wrong: string[] = [];
  for (const [name, type] of Object.entries(check.columns)) {
    const have = actual.get(name.toLowerCase());
    if (have === undefined) wrong.push(`"${name}" is missing`);
    else if (!isType(have, type, engine)) wrong.push(`"${name}" is ${have}, expected ${type}`);
  }
  if (check.exact) {
    const named = new Set(Object.keys(check.columns).map((name) => name.toLowerCase()));
    const others = columns.filter(({ name }) => !named.has(name.toLowerCase()));
    wrong.push(...others.map(({ name }) => `"${name}" is not expected`));
  }
  return {
    passed: wrong.length === 0,
    measured: Object.fromEntries(columns.map(({ name, type }) => [name, type])),
    expected: { ...check.columns },
    message: wrong.length === 0 ? "the columns are as expected" : wrong.join(", "),
  };
}

async function custom(check: CheckOf<"sql">, about: CheckedRows, source: string): Promise<Finding> {
  const { expect } = check;
  const statement = oneStatement(check.statement, `${source}.statement`, about.engine);
  if (statement === undefined) {
    throw new PermanentError(`Cannot check ${source}.statement: it has to be one query`, {
      code: "QUALITY_NOT_ONE_STATEMENT",
    });
  }
  if (expect === undefined) {
    const { rows } = await about.sql.run(statement);
    return {
      passed: rows === 0,
      measured: { rows },
      expected: { rows: 0 },
      message: `the query gives ${countText(rows, "row")}, expected none`,
    };
  }
  const [row] = await about.sql.rows(statement, 1);
  const value = row === undefined ? null : (Object.values(row)[0] ?? null);
  const wanted = typeof expect === "object" ? boundsText(expect) : String(expect);
  const fact: Fact = typeof expect === "object" ? boundsFact(expect) : expect;
  return {
    passed: isExpected(value, expect),
    measured: value,
    expected: fact,
    message: `the query gives ${value === null ? "nothing" : String(value)}, expected ${wanted}`,
  };
}

/** Numbers are compared as numbers, though an engine gives large ones and decimals as texts. */
function isExpected(value: SqlCell, expect: NonNullable<CheckOf<"sql">["expect"]>): boolean {
  if (value === null) return false;
  if (typeof expect === "string" || typeof expect === "boolean") return String(value) === String(expect);
  if (typeof value === "boolean") return false;
  const number = numberOf(value);
  if (typeof expect === "number") return number === expect;
  return (
    number >= (expect.min ?? Number.NEGATIVE_INFINITY) && number <= (expect.max ?? Number.POSITIVE_INFINITY)
  );
}
