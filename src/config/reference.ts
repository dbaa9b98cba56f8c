import type { AnyField, Section } from "./field.ts";
import { sections } from "./schema.ts";

function cell(text: string): string {
  return text.replaceAll("|", String.raw`\|`);
}

function defaultOf(field: AnyField): string {
  if (field.required === true) return "**required**";
  if (field.defaultText !== undefined) return field.defaultText;
  return field.default === undefined ? "none" : `\`${JSON.stringify(field.default)}\``;
}

/** GitHub's anchor of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/gu, "")
    .replaceAll(" ", "-");
}

function kindOf(section: Section<never>, field: AnyField): string {
  const below = [`${section.path}.${field.key}`, `${section.path}.${field.key}[]`];
  const target =
    sections.find(({ path }) => below.includes(path)) ??
    (field.key === "retry-policy" ? sections.find(({ path }) => path.endsWith(".retry-policy")) : undefined);
  return target === undefined ? field.kind.name : `[${field.kind.name}](#${anchor(target.path)})`;
}

function sectionText(section: Section<never>): string {
  const rows = section.entries.map(
    ([, field]) =>
      `| \`${field.key}\` | ${cell(kindOf(section, field))} | ${cell(defaultOf(field))} | ${cell(field.doc)} |`,
  );
  return [
    `## ${section.path}`,
    "",
    section.doc,
    "",
    "| key | value | default | meaning |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

/** The reference of all keys as Markdown, from the same description that decodes them. */
export function configurationReference(): string {
  return [
    "# Configuration keys",
    "",
    "This page is generated from the description that decodes configurations; `bun scripts/docs.ts` writes it anew.",
    "An unknown key in one of these blocks is an error; at the root of a file other keys are free.",
    "Durations and sizes follow HOCON's units (`10s`, `5 minutes`, `512MiB`); a duration without a unit is in milliseconds.",
    "How the blocks work together: [configuration.md](../configuration.md).",
    "",
    ...sections.map(sectionText),
  ].join("\n");
}
