import { expect, test } from "bun:test";
import { canary, findCanaries } from "./find-canaries.ts";

const SECRET = canary("x1");
const base64 = (text: string): string => Buffer.from(text).toString("base64");

test.each([
  ["raw", SECRET],
  ["half", SECRET.slice(0, 9)],
  ["JSON", JSON.stringify({ a: SECRET })],
  ["JSON in JSON", JSON.stringify(JSON.stringify({ a: SECRET }))],
  ["URL", encodeURIComponent(SECRET)],
  ["percent signs only", Array.from(Buffer.from(SECRET), (byte) => `%${byte.toString(16)}`).join("")],
  ["\\u escapes", Array.from(SECRET, (char) => `\\u00${char.charCodeAt(0).toString(16)}`).join("")],
  ["base64", base64(SECRET)],
  ["base64 of one byte more", base64(`a${SECRET}`)],
  ["base64 of two bytes more", `x=${base64(`ab${SECRET}`)};`],
  ["base64url", Buffer.from(SECRET).toString("base64url")],
  ["hex", Buffer.from(SECRET).toString("hex").toUpperCase()],
  ["two lines", `${SECRET.slice(0, 3)}\n${SECRET.slice(3)}`],
  ["bytes", Buffer.from(`\0\u0001${SECRET}\0`)],
])("a planted secret is found: %s", (_name, planted) => {
  expect(findCanaries(typeof planted === "string" ? `before ${planted} after` : planted)).not.toEqual([]);
});

test("nothing is found where none is", () => {
  expect(findCanaries(`kanari ${base64("kanari")} 2b616e %6b ***REDACTED***`)).toEqual([]);
});
