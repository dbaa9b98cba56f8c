import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** Relative links of a Markdown text that lead nowhere, as `path:line: …`. Code blocks are no prose. */
export function brokenLinks(path: string, text: string): string[] {
  const broken: string[] = [];
  let inCode = false;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.startsWith("```")) inCode = !inCode;
    if (inCode) continue;
    for (const [, target = ""] of line.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z][a-z0-9+.-]*:|^#/i.test(target)) continue;
      const file = normalize(join(dirname(path), decodeURI(target.split("#")[0] ?? "")));
      if (!existsSync(file)) broken.push(`${path}:${index + 1}: the link to ${target} leads nowhere`);
    }
  }
  return broken;
}
