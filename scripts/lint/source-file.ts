import { type ParseResult, parseSync, Visitor } from "oxc-parser";

/** A file of the checkout as the rules see it. */
export interface SourceFile {
  /** Relative to the checkout's root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Present for TypeScript and JavaScript. */
  readonly code?: SourceCode | undefined;
}

/** One statement about a file, with the reason for the rule in its message. */
export interface Problem {
  readonly path: string;
  /** 1-based; 1 where the whole file is meant. */
  readonly line: number;
  readonly message: string;
}

export type Rule = (file: SourceFile) => Problem[];

/** An import in any of its forms: `import`, `import type`, `export … from`, `import()`, `import("…").T`, `require`. */
export interface ImportSite {
  /** Undefined where it is only known at run time. */
  readonly specifier: string | undefined;
  readonly line: number;
}

export interface FunctionSpan {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
  /** The function that it is an argument of, as written (`describe`, `test.skip`), or empty. */
  readonly argumentOf: string;
}

export interface SourceCode {
  readonly imports: readonly ImportSite[];
  readonly functions: readonly FunctionSpan[];
  /** Lines of `catch` clauses and `.catch(…)` callbacks without a statement. */
  readonly emptyCatches: readonly number[];
  /** Calls as written, e.g. `test.only`, with their lines. */
  readonly calls: readonly { readonly callee: string; readonly line: number }[];
  /** The comment that the file opens with, or undefined. */
  readonly opening: string | undefined;
  readonly syntaxErrors: readonly string[];
}

const CODE = /\.[cm]?[jt]s$/;

/** Reads a file's text as the rules need it. */
export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, code: CODE.test(path) ? parseCode(path, text) : undefined };
}

/** Offset to 1-based line. */
function lineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function parseCode(path: string, text: string): SourceCode {
  const parsed = parseSync(path, text);
  const lineOf = lineCounter(text);
  const written = (node: Span): string => text.slice(node.start, node.end);
  return {
    imports: findImports(parsed, lineOf, written),
    ...findFunctions(parsed, lineOf, written),
    emptyCatches: findEmptyCatches(parsed, lineOf),
    opening: openingComment(parsed, text),
    syntaxErrors: parsed.errors.map((error) => error.message),
  };
}

/** The comment before the first statement, whatever white space stands before it. */
function openingComment(parsed: ParseResult, text: string): string | undefined {
  const first = parsed.comments[0];
  if (!first || text.slice(0, first.start).trim() !== "") return undefined;
  return first.value;
}

function findImports(
  parsed: ParseResult,
  lineOf: (offset: number) => number,
  written: (node: Span) => string,
): ImportSite[] {
  const found: ImportSite[] = [];
  const add = (source: (Span & { type: string; value?: unknown }) | null): void => {
    if (source === null) return;
    const literal = source.type === "Literal" && typeof source.value === "string" ? source.value : undefined;
    // A template without a hole is as good as a string; one with holes is known at run time only.
    const template = /^`[^`$]*`$/.test(written(source)) ? written(source).slice(1, -1) : undefined;
    found.push({ specifier: literal ?? template, line: lineOf(source.start) });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
    TSExternalModuleReference: (node) => add(node.expression),
    CallExpression(node) {
      const name = written(node.callee);
      const [first] = node.arguments;
      if (first && /^(require|import\.meta\.require|require\.resolve|import\.meta\.resolve)$/.test(name))
        add(first);
    },
  }).visit(parsed.program);
  return found;
}

function findFunctions(
  parsed: ParseResult,
  lineOf: (offset: number) => number,
  written: (node: Span) => string,
): Pick<SourceCode, "functions" | "calls"> {
  const functions: FunctionSpan[] = [];
  const calls: { callee: string; line: number }[] = [];
  const argumentOf = new Map<number, string>();
  const names = new Map<number, string>();
  const add = (node: Span & { id?: Span | null }): void => {
    const line = lineOf(node.start);
    functions.push({
      name: node.id ? written(node.id) : (names.get(node.start) ?? ""),
      line,
      lines: lineOf(node.end) - line + 1,
      argumentOf: argumentOf.get(node.start) ?? "",
    });
  };
  // Parents are visited before their children, so a function's name and call are known when it comes.
  new Visitor({
    CallExpression(node) {
      const callee = written(node.callee);
      calls.push({ callee, line: lineOf(node.start) });
      for (const argument of node.arguments) argumentOf.set(argument.start, callee);
    },
    VariableDeclarator: (node) => void (node.init && names.set(node.init.start, written(node.id))),
    Property: (node) => void names.set(node.value.start, written(node.key)),
    MethodDefinition: (node) => void names.set(node.value.start, written(node.key)),
    PropertyDefinition: (node) => void (node.value && names.set(node.value.start, written(node.key))),
    FunctionDeclaration: add,
    FunctionExpression: add,
    ArrowFunctionExpression: add,
  }).visit(parsed.program);
  return { functions, calls };
}

function findEmptyCatches(parsed: ParseResult, lineOf: (offset: number) => number): number[] {
  const lines: number[] = [];
  new Visitor({
    CatchClause(node) {
      if (node.body.body.length === 0) lines.push(lineOf(node.start));
    },
    CallExpression(node) {
      const { callee } = node;
      if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return;
      if (callee.property.name !== "catch") return;
      const [handler] = node.arguments;
      const isFunction =
        handler?.type === "ArrowFunctionExpression" || handler?.type === "FunctionExpression";
      if (!isFunction || handler.body?.type !== "BlockStatement") return;
      if (handler.body.body.length === 0) lines.push(lineOf(handler.start));
    },
  }).visit(parsed.program);
  return lines;
}
