import { posix } from "node:path";

import type { Rule } from "../source-file.ts";

/** First-party plugins and the examples' plugins see what any user's plugin sees: `cairn`, npm packages, their folder. */
export const pluginImports: Rule = (file) => {
  const folder = /^(?:plugins|examples\/.*?plugins)(?=\/)/.exec(file.path)?.[0];
  if (folder === undefined || !file.code) return [];
  return file.code.imports.flatMap(({ specifier, line }) => {
    if (specifier === undefined || !specifier.startsWith(".")) return [];
    const target = posix.join(posix.dirname(file.path), specifier);
    if (target.startsWith(`${folder}/`)) return [];
    return [
      {
        path: file.path,
        line,
        message: `imports ${target}: a plugin gets Cairn by "cairn" alone, else it works only in this checkout`,
      },
    ];
  });
};
