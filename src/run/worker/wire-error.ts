import { CairnError } from "../../base/mod.ts";
import { steeringOf } from "../../sdk/mod.ts";
import type { WireError } from "./protocol.ts";

/** Longest message and stack that cross a process, in UTF-16 code units. */
const MAX_TEXT = 32 * 1024;

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}… (${text.length - MAX_TEXT} more)`;
}

function textAt(thrown: object, key: string): string | undefined {
  const value: unknown = Reflect.get(thrown, key);
  return typeof value === "string" && value !== "" ? cut(value) : undefined;
}

function classesOf(thrown: object, name: string): string[] {
  const names = new Set<string>([name]);
  let prototype: unknown = Object.getPrototypeOf(thrown);
  while (typeof prototype === "object" && prototype !== null && prototype !== Object.prototype) {
    const constructor: unknown = Reflect.get(prototype, "constructor");
    if (typeof constructor === "function" && constructor.name !== "") names.add(constructor.name);
    prototype = Object.getPrototypeOf(prototype);
  }
  return [...names];
}

/** A value as a short text, whatever it is; a getter or `toString` that throws is answered too. */
function spell(thrown: unknown): string {
  try {
    if (typeof thrown === "function") return "a function";
    return typeof thrown === "object" && thrown !== null ? JSON.stringify(thrown) : String(thrown);
  } catch (second) {
    return `a value that can't be shown (${second instanceof Error ? second.name : typeof second})`;
  }
}

/** How far causes are followed, and how many errors of an `AggregateError` are named. */
const MAX_CAUSES = 8;

/** The stack of an error with those of its causes, and of the errors that it gathers: their messages say what went wrong. */
function stackOf(thrown: object): string | undefined {
  const parts: string[] = [];
  const seen = new Set<unknown>();
  const add = (error: unknown, title: string): void => {
    if (error === undefined || seen.has(error) || seen.size >= MAX_CAUSES) return;
    seen.add(error);
    if (typeof error !== "object" || error === null) {
      parts.push(title + spell(error));
      return;
    }
    const name = `${textAt(error, "name") ?? "Error"}: ${textAt(error, "message") ?? spell(error)}`;
    parts.push(title + (textAt(error, "stack") ?? name));
    add(Reflect.get(error, "cause"), "caused by: ");
    const gathered: unknown = Reflect.get(error, "errors");
    if (Array.isArray(gathered)) for (const one of gathered) add(one, "one of its errors: ");
  };
  add(thrown, "");
  return parts.length === 1 && textAt(thrown, "stack") === undefined ? undefined : cut(parts.join("\n"));
}

function exitCodeOf(thrown: object): number | undefined {
  const code: unknown = Reflect.get(thrown, "exitCode");
  return typeof code === "number" && Number.isInteger(code) ? code : undefined;
}

/** What was thrown, whatever it is, in a form that can cross a process. Never throws. */
export function toWireError(thrown: unknown): WireError {
  if (typeof thrown !== "object" || thrown === null) {
    return { name: "Error", message: cut(`thrown: ${spell(thrown)}`), classes: ["Error"] };
  }
  try {
    const name = textAt(thrown, "name") ?? "Error";
    const named = textAt(thrown, "message");
    return {
      name,
      message: named ?? (thrown instanceof Error ? name : cut(`thrown: ${spell(thrown)}`)),
      code: textAt(thrown, "code"),
      hint: textAt(thrown, "hint"),
      stack: stackOf(thrown),
      steering: steeringOf(thrown),
      exitCode: exitCodeOf(thrown),
      classes: classesOf(thrown, name),
    };
  } catch (second) {
    const message = `an error that can't be read (${second instanceof Error ? second.name : typeof second})`;
    return { name: "Error", message, classes: ["Error"] };
  }
}

/** The error that a wire error stands for, on the other side. */
export function fromWireError(error: WireError): CairnError {
  const made = new CairnError(error.message, {
    code: error.code ?? "COMPONENT_FAILED",
    kind: "world",
    hint: error.hint,
  });
  made.name = error.name;
  return made;
}
