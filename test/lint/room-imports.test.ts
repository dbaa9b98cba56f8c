import { describe, expect, test } from "bun:test";

import { mainRoom, rooms } from "../../scripts/lint/rooms.ts";
import { roomImports } from "../../scripts/lint/rules/room-imports.ts";
import { sourceFile } from "../../scripts/lint/source-file.ts";

function messages(path: string, text: string): string[] {
  return roomImports(sourceFile(path, text)).map((problem) => `${problem.line}: ${problem.message}`);
}

describe("an import against the direction is refused", () => {
  const forms: Record<string, string> = {
    "as a value": `import { run } from "../run/mod.ts";`,
    "for its effect": `import "../run/mod.ts";`,
    "as a type": `import type { Plan } from "../run/mod.ts";`,
    "as a type among values": `import { type Plan } from "../run/mod.ts";`,
    "as a re-export of all": `export * from "../run/mod.ts";`,
    "as a re-export of all under a name": `export * as run from "../run/mod.ts";`,
    "as a re-export of one": `export { run } from "../run/mod.ts";`,
    "as a re-export of nothing": `export {} from "../run/mod.ts";`,
    "as a re-export of a type": `export type { Plan } from "../run/mod.ts";`,
    dynamically: `const run = await import("../run/mod.ts");`,
    "dynamically by a template": "const run = await import(`../run/mod.ts`);",
    "in a type expression": `type Plan = import("../run/mod.ts").Plan;`,
    "by require": `const run = require("../run/mod.ts");`,
    "by import equals": `import run = require("../run/mod.ts");`,
    "by a way round through the same room": `import { run } from "../store/../run/mod.ts";`,
  };
  for (const [form, text] of Object.entries(forms)) {
    test(form, () => {
      const [message, ...more] = messages("src/store/open.ts", `\n${text}`);
      expect(message).toStartWith(`2: "store" may not import "run" (only base): imports go one way only`);
      expect(more).toEqual([]);
    });
  }
});

test("an import in the table's direction through the door passes", () => {
  expect(messages("src/store/open.ts", `import { CairnError } from "../base/mod.ts";`)).toEqual([]);
  expect(messages("src/store/local/open.ts", `import type { Store } from "../store.ts";`)).toEqual([]);
  expect(messages("src/store/local/open.ts", `import { CairnError } from "../../base/mod.ts";`)).toEqual([]);
});

test("an import past the door is refused and names the door", () => {
  const [message] = messages("src/config/load.ts", `import { lex } from "../hocon/lexer.ts";`);
  expect(message).toContain("imports hocon/lexer.ts: enter a room by its door (hocon/mod.ts)");
});

test("sdk and api have testing.ts as a second door, other rooms have not", () => {
  expect(messages("src/api/testing.ts", `export * from "../sdk/testing.ts";`)).toEqual([]);
  expect(messages("src/api/x.ts", `export * from "../run/testing.ts";`)).toHaveLength(1);
});

test("the command line reaches the library and nothing deeper", () => {
  expect(messages("src/cli/run.ts", `import { runPipeline } from "../api/mod.ts";`)).toEqual([]);
  for (const name of Object.keys(rooms).filter((room) => !["base", "api", "cli"].includes(room))) {
    expect(messages("src/cli/run.ts", `import {} from "../${name}/mod.ts";`)).toHaveLength(1);
  }
});

test("main.ts starts the command line or the worker and knows nothing else", () => {
  expect(messages("src/main.ts", `import "./cli/mod.ts";\nimport "./api/mod.ts";`)).toEqual([]);
  expect(messages("src/main.ts", `import "./run/mod.ts";`)).toHaveLength(1);
  expect(messages("src/cli/a.ts", `import "../main.ts";`)).toEqual([
    "1: imports src/main.ts: nothing may depend on the program's start",
  ]);
});

test("a package is imported only in the rooms that the table grants it", () => {
  expect(messages("src/cli/args.ts", `import { defineCommand } from "citty";`)).toEqual([]);
  expect(messages("src/run/log.ts", `import type { Consola } from "consola/basic";`)[0]).toContain(
    `"run" may not import the package "consola"`,
  );
  expect(messages("src/config/a.ts", `import "@scope/name/deep";`)[0]).toContain(`package "@scope/name"`);
  expect(messages("src/base/a.ts", `import "node:fs"; import "bun"; import "bun:ffi";`)).toEqual([]);
});

test("src reaches nothing outside itself", () => {
  expect(messages("src/base/a.ts", `import "../../test/kit/mod.ts";`)[0]).toContain("src/ stands alone");
});

test("a path known only at run time is imported where plugins are loaded and nowhere else", () => {
  expect(messages("src/plugin/load.ts", "await import(path);")).toEqual([]);
  expect(messages("src/run/load.ts", "await import(`../${name}/mod.ts`);")[0]).toContain('only "plugin"');
});

test("an unknown room is refused, also one named like an object's own property", () => {
  expect(messages("src/run/a.ts", `import "../constructor/mod.ts";`)[0]).toContain("the table doesn't have");
});

test("the table itself has one direction: every room names only rooms above it in the list", () => {
  const seen = new Set<string>();
  for (const [name, room] of Object.entries(rooms)) {
    for (const imported of room.imports)
      expect([name, imported, seen.has(imported)]).toEqual([name, imported, true]);
    seen.add(name);
  }
  for (const imported of mainRoom.imports) expect(seen.has(imported)).toBe(true);
});
