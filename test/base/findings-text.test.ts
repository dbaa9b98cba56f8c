import { describe, expect, test } from "bun:test";
import {
  type Finding,
  findingsToGithub,
  findingsToJson,
  findingsToJunit,
  findingsToText,
} from "../../src/base/mod.ts";

const error: Finding = {
  severity: "error",
  code: "CONFIG_UNKNOWN_KEY",
  message: 'unknown key "fail-fats" in pipeline',
  place: { file: "conf/daily.conf", line: 4, column: 3, length: 9 },
  sourceLine: "  fail-fats = true",
  chain: ["included from conf/main.conf:3:1"],
  hint: "Did you mean fail-fast?",
};
const warning: Finding = {
  severity: "warning",
  code: "CONFIG_NO_COMPONENTS",
  message: "100% empty, <really>",
  place: { file: "b,c:d.conf", line: 1, column: 1, length: 1 },
};
const placeless: Finding = { severity: "error", code: "CONFIG_NOT_FOUND", message: "cannot read x.conf" };

describe("for people", () => {
  test("a finding is a block with place, line, caret, chain and hint", () => {
    expect(findingsToText([error]))
      .toBe(`conf/daily.conf:4:3: error: unknown key "fail-fats" in pipeline [CONFIG_UNKNOWN_KEY]
  4 |   fail-fats = true
    |   ^^^^^^^^^
  included from conf/main.conf:3:1
  hint: Did you mean fail-fast?
`);
  });

  test("without a place it is one line", () => {
    expect(findingsToText([placeless])).toBe("error: cannot read x.conf [CONFIG_NOT_FOUND]\n");
  });

  test("the caret stands under what is marked after tabs and wide characters", () => {
    const text = findingsToText([
      { ...error, place: { file: "f", line: 1, column: 4, length: 2 }, sourceLine: "\t日 xy" },
    ]);
    expect(text.split("\n").slice(1, 3)).toEqual(["  1 | \t日 xy", "    | \t   ^^"]);
  });

  test("a long line is cut around the mark", () => {
    const line = `${"a".repeat(100_000)}HERE${"b".repeat(100_000)}`;
    const text = findingsToText([
      { ...error, place: { file: "f", line: 1, column: 100_001, length: 4 }, sourceLine: line },
    ]);
    const [, source = "", caret = ""] = text.split("\n");
    expect(source.length).toBeLessThan(140);
    expect(source.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1)).toBe("HERE");
  });

  test("a place beyond the line, or a mark beyond its end, still gives one caret", () => {
    const text = findingsToText([
      { ...error, place: { file: "f", line: 1, column: 99, length: 50 }, sourceLine: "ab" },
    ]);
    expect(text).toContain("    |   ^\n");
  });

  test("control characters of the user can't steer the terminal", () => {
    const text = findingsToText([{ ...error, message: "a\u001B[31mb\u202Ec", sourceLine: "x\u0007y" }]);
    // eslint-disable-next-line no-control-regex -- the test looks for control characters
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/u);
    expect(text).toContain(String.raw`a\u001b[31mb\u202ec`);
  });

  test("colours are there only where they were asked for", () => {
    expect(findingsToText([error], { color: true })).toContain("\u001B[1;31merror\u001B[0m");
    expect(findingsToText([error])).not.toContain("\u001B");
  });
});

test("as JSON absent facts are null", () => {
  expect(findingsToJson([error, placeless])).toEqual([
    {
      severity: "error",
      code: "CONFIG_UNKNOWN_KEY",
      message: 'unknown key "fail-fats" in pipeline',
      file: "conf/daily.conf",
      line: 4,
      column: 3,
      length: 9,
      sourceLine: "  fail-fats = true",
      chain: ["included from conf/main.conf:3:1"],
      hint: "Did you mean fail-fast?",
    },
    {
      severity: "error",
      code: "CONFIG_NOT_FOUND",
      message: "cannot read x.conf",
      file: null,
      line: null,
      column: null,
      length: null,
      sourceLine: null,
      chain: [],
      hint: null,
    },
  ]);
});

test("for GitHub they are annotations, escaped as its runner wants", () => {
  expect(findingsToGithub([error, warning, placeless])).toBe(
    `::error file=conf/daily.conf,line=4,col=3,endColumn=12,title=CONFIG_UNKNOWN_KEY::unknown key "fail-fats" in pipeline%0ADid you mean fail-fast?
::warning file=b%2Cc%3Ad.conf,line=1,col=1,endColumn=2,title=CONFIG_NO_COMPONENTS::100%25 empty, <really>
::error title=CONFIG_NOT_FOUND::cannot read x.conf
`,
  );
});

test("as JUnit each file is a test case that fails on errors", () => {
  const xml = findingsToJunit(["good.conf", "conf/daily.conf"], [error, { ...warning, place: undefined }]);
  expect(xml).toStartWith('<?xml version="1.0" encoding="UTF-8"?>\n');
  expect(xml).toContain('tests="2" failures="1"');
  expect(xml).toContain('name="good.conf"><system-out>warning: 100% empty, &lt;really&gt;');
  expect(xml).toContain(
    '<failure type="CONFIG_UNKNOWN_KEY" message="unknown key &quot;fail-fats&quot; in pipeline">',
  );
});
