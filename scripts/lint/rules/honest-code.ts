import type { Problem, Rule } from "../source-file.ts";

/** Nothing is hidden: no swallowed error, no test that silently doesn't run, no file that doesn't parse. */
export const honestCode: Rule = (file) => {
  const { code } = file;
  if (!code) return [];
  const at = (line: number, message: string): Problem => ({ path: file.path, line, message });
  const problems = code.syntaxErrors.map((message) => at(1, `doesn't parse: ${message}`));
  for (const line of code.emptyCatches) {
    problems.push(
      at(
        line,
        "an empty catch hides every error, also those nobody thought of: name the one you expect and throw the rest",
      ),
    );
  }
  if (!file.path.startsWith("test/")) return problems;
  for (const { callee, line } of code.calls) {
    if (/^(test|it|describe)(\.each|\.serial|\.concurrent)*\.only$/.test(callee)) {
      problems.push(at(line, `${callee} keeps every other test from running`));
    }
    if (/^(test|it|describe)(\.each)*\.(skip|todo|failing)$/.test(callee)) {
      problems.push(
        at(line, `${callee} is a test that never runs; where a machine lacks something, skipIf says what`),
      );
    }
  }
  return problems;
};
