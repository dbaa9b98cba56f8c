import { describe, expect, test } from "bun:test";
import { caretText, sqlPlace } from "../../../src/spark/session/sql-place.ts";
import { sqlTexts } from "../../../src/spark/session/sql-texts.ts";

const range = (
  sql: string,
  fragment: string,
): { startIndex: number; stopIndex: number; fragment: string } => {
  const startIndex = sql.indexOf(fragment);
  return { startIndex, stopIndex: startIndex + fragment.length - 1, fragment };
};

describe("the place of an error in SQL", () => {
  test("is the range that Spark names, in the text that has it there", () => {
    const sql = "SELECT\n  nope\nFROM t";
    expect(sqlPlace("", [range(sql, "nope")], ["SELECT 1", sql])).toEqual({
      sql,
      line: 2,
      column: 3,
      length: 4,
    });
  });

  test("ends with its line, where the range goes on", () => {
    const sql = "SELECT (1 +\n 'a')";
    expect(sqlPlace("", [range(sql, "(1 +\n 'a')")], [sql])).toMatchObject({ line: 1, column: 8, length: 4 });
  });

  test("is read from a syntax error's message, which is all there is", () => {
    const sql = "SELECT 1\nFORM x y z";
    const message = "[PARSE_SYNTAX_ERROR] Syntax error at or near 'y'. SQLSTATE: 42601 (line 2, pos 7)";
    expect(sqlPlace(message, [], [sql])).toEqual({ sql, line: 2, column: 8, length: 1 });
  });

  test("is unknown where it could be in several texts, or is outside of them", () => {
    expect(sqlPlace("(line 1, pos 0)", [], ["SELECT 1", "SELECT 2"])).toBeUndefined();
    expect(sqlPlace("(line 9, pos 0)", [], ["SELECT 1"])).toBeUndefined();
    expect(sqlPlace("no place", [], ["SELECT 1"])).toBeUndefined();
  });

  test("is shown with the lines before it and carets below, after tabs as well", () => {
    const sql = "a\nb\nSELECT\n\t\tnope, 1\nFROM t";
    expect(caretText({ sql, line: 4, column: 3, length: 4 })).toBe(
      "2 | b\n3 | SELECT\n4 | \t\tnope, 1\n  | \t\t^^^^",
    );
  });

  test("is looked for in all texts of a plan", () => {
    const sql = (query: string): unknown => ({ relType: { case: "sql", value: { query } } });
    const plan = {
      opType: {
        case: "root",
        value: { relType: { case: "join", value: { left: sql("a"), right: sql("b") } } },
      },
    };
    expect(sqlTexts(plan)).toEqual(["a", "b"]);
  });
});
