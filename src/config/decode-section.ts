import { nearest } from "../base/mod.ts";
import { findingAt, type HoconField, type HoconNode, type HoconObject } from "../hocon/mod.ts";
import { type AnyField, type Decoding, isUnresolved, type Kind, type Section } from "./field.ts";
import { object } from "./kinds.ts";

/** A decoded section: whole, or what could be read of it (the findings say the rest). */
export type Decoded<T> =
  | { readonly whole: true; readonly value: T }
  | { readonly whole: false; readonly value: Partial<T> };

/** Tells where a key that is unknown here is known: `auto-resume` belongs in `pipeline.checkpoint`. */
export type KeyGuide = (key: string) => string | undefined;

/** What stands around a section that is decoded. */
export interface SectionPlace {
  /** The section for messages: `pipeline.checkpoint`, `component 3 "Load(orders)"`. */
  readonly label: string;
  readonly guide?: KeyGuide | undefined;
}

function hintForUnknown(key: string, keys: ReadonlySet<string>, guide: KeyGuide | undefined): string {
  const meant = nearest(key, keys);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  const begun = [...keys].find((known) => key.length >= 3 && known.startsWith(key));
  if (begun !== undefined) return `Did you mean ${begun}?`;
  const place = guide?.(key);
  if (place !== undefined) return `${key} belongs in ${place}.`;
  return `Known keys: ${[...keys].join(", ")}.`;
}

function reportUnknown(
  key: string,
  field: HoconField,
  keys: ReadonlySet<string>,
  place: SectionPlace,
  decoding: Decoding,
): void {
  decoding.findings.push(
    findingAt(field, {
      code: "CONFIG_UNKNOWN_KEY",
      message: `unknown key ${JSON.stringify(key)} in ${place.label}`,
      hint: hintForUnknown(key, keys, place.guide),
    }),
  );
}

/** A null counts as absent, as it does for the reference implementation's readers. */
function presentField(node: HoconObject, key: string): HoconField | undefined {
  const field = node.fields.get(key);
  return field === undefined || field.value.kind === "null" ? undefined : field;
}

/** A value yet to come: as it stands where texts are expected, else what absence means. */
function unresolvedValue(node: HoconNode, field: AnyField): unknown {
  return node.kind === "string" && field.kind.isText === true ? node.value : field.default;
}

/** Decodes one section: every field, and a finding for each unknown key. */
export function decodeSection<T>(
  node: HoconObject,
  section: Section<T>,
  place: SectionPlace,
  decoding: Decoding,
): Decoded<T> {
  const value: Record<string, unknown> = {};
  let whole = true;
  for (const [property, field] of section.entries) {
    const present = presentField(node, field.key);
    if (present !== undefined && isUnresolved(present.value, decoding.placeholders)) {
      value[property] = unresolvedValue(present.value, field);
    } else if (present !== undefined) {
      value[property] = field.kind.read(present.value, `${field.key} in ${place.label}`, decoding);
      whole &&= value[property] !== undefined;
    } else if (field.required === true) {
      whole = false;
      decoding.findings.push(
        findingAt(node, {
          code: "CONFIG_MISSING_KEY",
          message: `${field.key} is missing in ${place.label}`,
          hint: `Add ${field.key} (${field.kind.name}): ${field.doc}`,
        }),
      );
    } else {
      value[property] = field.default;
    }
  }
  if (!section.open) {
    for (const [key, field] of node.fields) {
      if (section.keys.has(key)) continue;
      whole = false;
      reportUnknown(key, field, section.keys, place, decoding);
    }
  }
  return { whole, value: value as T };
}

/** A section as the kind of a field in another section. */
export function sectionKind<T>(section: Section<T>, guide?: KeyGuide): Kind<T> {
  return {
    name: "object",
    read(node, what, decoding) {
      const found = object.read(node, what, decoding);
      if (found === undefined) return undefined;
      const label = what.replace(" in ", " of ");
      const decoded = decodeSection(found, section, { label, guide }, decoding);
      return decoded.whole ? decoded.value : undefined;
    },
  };
}
