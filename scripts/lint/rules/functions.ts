import type { Rule } from "../source-file.ts";

/** Lines of one function, from its first to its last. */
const MAX_FUNCTION_LINES = 60;

/** A suite's body is a list of tests, not a function to follow. */
const SUITE = /^describe\b/;

/** Functions stay short enough to be seen whole. */
export const functions: Rule = (file) =>
  (file.path.includes("/gen/") ? [] : (file.code?.functions ?? []))
    .filter((span) => span.lines > MAX_FUNCTION_LINES && !SUITE.test(span.argumentOf))
    .map((span) => ({
      path: file.path,
      line: span.line,
      message: `function ${span.name || "without a name"} has ${span.lines} lines, at most ${MAX_FUNCTION_LINES}: what can't be seen whole can't be checked`,
    }));
