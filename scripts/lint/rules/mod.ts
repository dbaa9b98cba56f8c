/**
 * The rules that no ready-made linter knows, each a function from a file to problems. Not here: what oxlint
 * can say (`.oxlintrc.json`). To add one: a file named for what it exports, an entry below, and a bad case in
 * `test/lint/`.
 */
import type { Rule } from "../source-file.ts";
import { functions } from "./functions.ts";
import { honestCode } from "./honest-code.ts";
import { layout } from "./layout.ts";
import { machinePaths } from "./machine-paths.ts";
import { pluginImports } from "./plugin-imports.ts";
import { roomImports } from "./room-imports.ts";

export const rules: readonly Rule[] = [
  roomImports,
  pluginImports,
  layout,
  functions,
  honestCode,
  machinePaths,
];
