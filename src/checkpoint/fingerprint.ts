import { canonicalJson, type JsonObject, type JsonValue, sha256 } from "../base/mod.ts";
import type { Fingerprint } from "./events.ts";

/** Largest canonical configuration that is kept beside its hash for telling differences, in UTF-16 code units. */
const MAX_SETTINGS = 16 * 1024;
/** What stands for a value under a redacted key: its change is no difference, and it is never stored. */
export const REDACTED_VALUE = "<redacted>";
/** A reference to a secret is no secret: it stays, and another reference is a difference. */
const SECRET_REFERENCE = "secret://";
/** Hex digits of {@link fingerprintId}. */
const ID_DIGITS = 32;

/** What a fingerprint is taken of. */
export interface FingerprintInput {
  /** The component's instance-type. */
  readonly type: string;
  /** Its configuration after schema defaults, with `secret://` references not resolved. */
  readonly settings: JsonObject;
  /** SHA-256 over its code, `builtin:<revision>`, or empty. */
  readonly codeHash: string;
  /** Whether values under this key (one segment, as written) are secret. */
  isRedacted(key: string): boolean;
}

/** The same settings with secret values replaced; shared parts are not changed. */
function redactSettings(settings: JsonObject, isRedacted: (key: string) => boolean): JsonObject {
  const redact = (value: JsonValue): JsonValue => {
    if (value === null || typeof value !== "object") return value;
    if (isList(value)) return value.map(redact);
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, isRedacted(key) ? hide(inner) : redact(inner)]),
    );
  };
  return redact(settings) as JsonObject;
}

/**
 * The fingerprint of a component: SHA-256 over its type and canonical configuration, and its code apart.
 * Comments, key order, formatting, the machine and Cairn's version never change it, because none of
 * them is in what goes in.
 */
export function fingerprintOf(input: FingerprintInput): Fingerprint {
  const settings = redactSettings(input.settings, (key) => input.isRedacted(key));
  const canonical = canonicalJson(settings);
  const config = sha256(`${JSON.stringify(input.type)}\n${canonical}`);
  return canonical.length <= MAX_SETTINGS
    ? { config, code: input.codeHash, settings }
    : { config, code: input.codeHash };
}

/** One short word for a fingerprint with its code: what the resume budget is counted by. */
export function fingerprintId(fingerprint: Fingerprint): string {
  return sha256(`${fingerprint.config}\n${fingerprint.code}`).slice(0, ID_DIGITS);
}

function hide(value: JsonValue): JsonValue {
  return typeof value === "string" && value.startsWith(SECRET_REFERENCE) ? value : REDACTED_VALUE;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
