import { expect, test } from "bun:test";
import { splitStatements } from "../../plugins/sql/statements.ts";

const DUCKDB = { backslash: false };
const SPARK = { backslash: true };

function texts(sql: string, dialect = DUCKDB): string[] {
  return splitStatements(sql, "x.sql", dialect).map(({ text }) => text);
}

test("statements end at semicolons that stand in no text, name or comment", () => {
  expect(texts("select 1; select 2")).toEqual(["select 1", "select 2"]);
  expect(texts("select ';' ; select \"a;b\"; select `c;d`;")).toEqual([
    "select ';'",
    'select "a;b"',
    "select `c;d`",
  ]);
  expect(texts("select 'it''s; one'; select 2")).toEqual(["select 'it''s; one'", "select 2"]);
  expect(texts("select 1 -- one; two\n, 2; select 3")).toEqual(["select 1 -- one; two\n, 2", "select 3"]);
  expect(texts("select /* ; /* ; */ ; */ 1; select $$;$$; select $a$;$$;$a$")).toEqual([
    "select /* ; /* ; */ ; */ 1",
    "select $$;$$",
    "select $a$;$$;$a$",
  ]);
});

test("what is blank or only a comment is no statement", () => {
  expect(texts("")).toEqual([]);
  expect(texts(" ;; \n -- nothing;\n /* ; */ ;")).toEqual([]);
});

test("a backslash before a quote is a text's in Spark and nothing in DuckDB", () => {
  expect(texts("select 'C:\\'; select 2")).toEqual(["select 'C:\\'", "select 2"]);
  expect(texts("select 'a\\'; b'; select 2", SPARK)).toEqual(["select 'a\\'; b'", "select 2"]);
});

test("a statement knows its place: line and column of its first word, comments before it left out", () => {
  const [first, second] = splitStatements("-- header\n\n  select 1;\n\tselect\n 2", "x.sql", DUCKDB);
  expect([first?.line, first?.column, first?.text]).toEqual([3, 3, "select 1"]);
  expect([second?.line, second?.column, second?.text]).toEqual([4, 2, "select\n 2"]);
});

test("arguments are names after a colon, and neither casts, slices nor what stands in texts", () => {
  const [statement] = splitStatements(
    "select :day, a::date, list[1:n], ':no', \":no\" -- :no\n where x = :max_rows",
    "x.sql",
    DUCKDB,
  );
  expect(statement?.arguments.map(({ name }) => name)).toEqual(["day", "max_rows"]);
  for (const { name, at } of statement?.arguments ?? []) {
    expect(statement?.text.slice(at, at + name.length + 1)).toBe(`:${name}`);
  }
});

test("a text that never ends swallows the rest, and nothing hangs", () => {
  for (const open of ["'", '"', "`", "/*", "$$", "--"]) {
    expect(texts(`select ${open} ; select 2`).length).toBe(1);
  }
});
