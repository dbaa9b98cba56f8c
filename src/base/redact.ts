import { maskBrokenBase64 } from "./broken-base64.ts";
import type { JsonValue } from "./json.ts";
import { MIN_ANYWHERE_LENGTH, type SecretSpellings, spellSecrets } from "./secret-spellings.ts";

/** What stands where a secret stood. */
export const REDACTED = "***REDACTED***";

/** Words, or runs of words, that make a key's value a secret wherever they stand in the key. */
const SECRET_WORDS: readonly string[] = [
  "password",
  "passwords",
  "passwd",
  "passphrase",
  "secret",
  "secrets",
  "token",
  "credential",
  "credentials",
  "auth",
  "authorization",
  "bearer",
  "jaas",
  "apikey",
  "apitoken",
  "authtoken",
  "accesskey",
  "secretkey",
  "privatekey",
  "accountkey",
  "api key",
  "api keys",
  "access key",
  "access tokens",
  "api tokens",
  "auth tokens",
  "private key",
  "account key",
  "shared key",
  "signing key",
  "encryption key",
  "connection string",
];
/** Words that make a key's value a secret only where they end the key (`db-pass`, not `pass-through`). */
const SECRET_LAST_WORDS: ReadonlySet<string> = new Set(["pass", "pwd", "cookie", "signature"]);
/** A key that ends like this tells something about a secret and holds none (`password-file`, `auth-type`). */
const HARMLESS_LAST_WORDS: ReadonlySet<string> = new Set([
  "count",
  "enabled",
  "expiry",
  "file",
  "length",
  "limit",
  "location",
  "method",
  "mode",
  "name",
  "path",
  "policy",
  "provider",
  "required",
  "scope",
  "timeout",
  "ttl",
  "type",
  "uri",
  "url",
]);

/** Variables of every shell that name folders. */
const FOLDER_VARIABLES: ReadonlySet<string> = new Set(["PWD", "OLDPWD"]);

/** `fs.s3a.secretKey`, `DB_PASSWORD`, `api-key` → their words in lower case. */
function wordsOf(key: string): string[] {
  return key
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, "$1 $2")
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

function holdsRun(words: readonly string[], run: string): boolean {
  return ` ${words.join(" ")} `.includes(` ${run} `);
}

/**
 * Whether a key's name says that its value is a secret. Whole words count: `db-password`, `apiToken`,
 * `AWS_SECRET_ACCESS_KEY` do; `author`, `key`, `primary-key`, `max-tokens`, `password-file` don't.
 * @param extra More names (`pipeline.redact`), found as runs of words too; they win over every exception.
 */
export function isSecretKey(key: string, extra: readonly string[] = []): boolean {
  const words = wordsOf(key);
  if (extra.some((name) => name === key || holdsRun(words, wordsOf(name).join(" ")))) return true;
  const last = words.at(-1);
  if (last === undefined || FOLDER_VARIABLES.has(key) || HARMLESS_LAST_WORDS.has(last)) return false;
  return (
    SECRET_LAST_WORDS.has(last) ||
    words.some((word) => /(?:password|passwd|passphrase)$/u.test(word)) ||
    SECRET_WORDS.some((run) => holdsRun(words, run))
  );
}

/** A reference to a secret, as a whole string; it names the secret and holds nothing of it. */
const REFERENCE = /^secret:\/\/[a-z][a-z0-9-]*\/[^\s?]+$/u;

/** Whether a text is, as a whole, a reference such as `secret://env/NAME`. */
export function isSecretReference(text: string): boolean {
  return REFERENCE.test(text);
}

// Lengths are bounded so that no text, however hostile, takes more than linear time.
const USER_INFO = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s/?#@:"']{0,300}:)?([^\s/?#"']{1,2000})@/giu;
const PARAMETER = /(^|[?&;\s,({])([\w.-]{1,200})=("[^"]*"|'[^']*'|[^\s&;,"')}]+)/gu;
const QUOTED_KEY =
  /(["']?)\b([\w.-]{1,200})\1(\s{0,8}:\s{0,8})("(?:[^"\\]|\\.){0,4000}"|'(?:[^'\\]|\\.){0,4000}')/gu;
const AUTHORIZATION = /\b(bearer|basic)\s+[\w+/=.~-]{8,}/giu;

/**
 * Masks what looks like a secret in a free text: the user information of URLs, parameters and assignments
 * whose name is a secret's (`?token=…`, `;Password=…`), and HTTP authorization values.
 */
function maskPatterns(text: string, extra: readonly string[]): string {
  let masked = text;
  if (masked.includes("://") && masked.includes("@")) {
    masked = masked.replaceAll(USER_INFO, (whole: string, scheme: string, user: string | undefined) =>
      scheme.toLowerCase() === "secret://" ? whole : `${scheme}${user ?? ""}${REDACTED}@`,
    );
  }
  if (masked.includes("=")) {
    masked = masked.replaceAll(PARAMETER, (whole: string, before: string, name: string) =>
      isSecretKey(name, extra) ? `${before}${name}=${REDACTED}` : whole,
    );
  }
  if (masked.includes(":") && /[\w"']\s{0,8}:\s{0,8}["']/u.test(masked)) {
    masked = masked.replaceAll(
      QUOTED_KEY,
      (whole: string, quote: string, name: string, colon: string, value: string) =>
        isSecretKey(name, extra) && !isSecretReference(value.slice(1, -1))
          ? `${quote}${name}${quote}${colon}${value.slice(0, 1)}${REDACTED}${value.slice(-1)}`
          : whole,
    );
  }
  return masked.replaceAll(AUTHORIZATION, `$1 ${REDACTED}`);
}

/** Places in one text that are looked at for cut-off secrets. */
const MAX_CUTS = 50;

/** The longest beginning of a secret that a text ends in; 0 for less than four characters. */
function cutOffAt(head: string, secrets: readonly string[]): number {
  for (const secret of secrets) {
    for (let length = Math.min(secret.length - 1, head.length); length >= MIN_ANYWHERE_LENGTH; length--) {
      if (head.endsWith(secret.slice(0, length))) return length;
    }
  }
  return 0;
}

/** Where a text was cut off (`…`) it may end in the middle of a secret, and no whole spelling of it is left to be found. */
function maskCutEnds(text: string, secrets: readonly string[]): string {
  const parts = text.includes("…") ? text.split("…", MAX_CUTS + 1) : [];
  if (parts.length < 2) return text;
  const rest = text.slice(parts.join("…").length);
  const masked = parts.map((part, at) => {
    const length = at === parts.length - 1 && rest === "" ? 0 : cutOffAt(part, secrets);
    return length === 0 ? part : `${part.slice(0, -length)}${REDACTED}`;
  });
  return masked.join("…") + rest;
}

function maskSpellings(text: string, spellings: SecretSpellings | undefined): string {
  if (spellings === undefined) return text;
  const whole = text.replaceAll(spellings.pattern, REDACTED);
  return maskCutEnds(maskBrokenBase64(whole, spellings.base64, REDACTED), spellings.plain);
}

/** A place to cut a text, at `at` or where the secret begins that stands there; where that is the text's own beginning, behind it. */
function cutBetween(text: string, at: number, { pattern, longest }: SecretSpellings): number {
  const from = Math.max(0, at - longest);
  for (const match of text.slice(from, at + longest).matchAll(pattern)) {
    const begin = from + match.index;
    if (begin >= at) return at;
    const end = begin + match[0].length;
    if (end > at) return begin === 0 ? end : begin;
  }
  return at;
}

/** Masks secrets in texts and JSON values. Everything that Cairn prints or records goes through one. */
export interface Redactor {
  /** Whether a key's name makes its value a secret. */
  isSecretKey(key: string): boolean;
  /** The text without known secret values, URL passwords and secret parameters. */
  text(text: string): string;
  /** The value with strings masked as by `text`, and all strings and numbers under secret keys replaced. Secret references stay. */
  json(value: JsonValue): JsonValue;
  /** The text without known secret values alone: what merely looks like a secret stays. */
  known(text: string): string;
  /** The value with the texts (keys too) masked as by `known`, and numbers that are a known secret replaced. */
  knownJson(value: JsonValue): JsonValue;
  /**
   * Where a text may be cut in two, near `at`, so that no half of a known secret escapes: `at`, or a place before
   * it, or, where nothing but a secret stands there, behind it. The text must go on for `margin` or to its end.
   */
  cut(text: string, at: number): number;
  /** Most UTF-16 code units that a spelling of a known secret can have; 0 where none is known. */
  readonly margin: number;
  /** Adds secret values that became known (a reference was resolved). */
  learn(secrets: Iterable<string>): void;
}

export interface RedactorOptions {
  /** More key names that hold secrets: `pipeline.redact`. */
  readonly keys?: readonly string[] | undefined;
  /** Secret values already known. */
  readonly secrets?: Iterable<string> | undefined;
  /** Values that are secrets by the name of their key alone: masked in texts, not by `known`, since they may be mere words. */
  readonly suspects?: Iterable<string> | undefined;
}

/** The secrets that a redactor knows, and how they are found. */
class KnownSecrets {
  readonly #secrets = new Set<string>();
  readonly #suspects: readonly string[];
  #known: SecretSpellings | undefined;
  #all: SecretSpellings | undefined;

  constructor(suspects: readonly string[]) {
    this.#suspects = suspects;
    this.#all = spellSecrets(suspects);
  }

  learn(values: Iterable<string>): void {
    const before = this.#secrets.size;
    for (const value of values) if (value !== "") this.#secrets.add(value);
    if (this.#secrets.size === before) return;
    this.#known = spellSecrets(this.#secrets);
    this.#all = spellSecrets([...this.#secrets, ...this.#suspects]);
  }

  /** Of the secrets alone. */
  get known(): SecretSpellings | undefined {
    return this.#known;
  }

  /** Of the suspects as well. */
  get all(): SecretSpellings | undefined {
    return this.#all;
  }
}

/** Answers of {@link isSecretKey}, remembered: keys of configurations repeat. Those made by data may not, so the memory is bounded. */
function rememberedKeys(keys: readonly string[]): (key: string) => boolean {
  const answers = new Map<string, boolean>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = isSecretKey(key, keys);
    if (answers.size < 10_000) answers.set(key, answer);
    return answer;
  };
}

/** Makes a {@link Redactor}. */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  const keys = options.keys ?? [];
  const secrets = new KnownSecrets([...(options.suspects ?? [])]);
  secrets.learn(options.secrets ?? []);
  const secretKey = rememberedKeys(keys);
  const known = (given: string): string => maskSpellings(given, secrets.known);
  const text = (given: string): string => maskPatterns(maskSpellings(given, secrets.all), keys);
  const number = (value: number): JsonValue => {
    const written = String(value);
    return written.length >= MIN_ANYWHERE_LENGTH && known(written) !== written ? REDACTED : value;
  };
  const json = (value: JsonValue, secret: boolean): JsonValue => {
    if (typeof value === "string") {
      if (isSecretReference(value)) return value;
      return secret ? REDACTED : text(value);
    }
    if (typeof value === "number") return secret ? REDACTED : number(value);
    if (Array.isArray(value)) return value.map((item) => json(item as JsonValue, secret));
    if (value === null || typeof value !== "object") return value;
    const masked = Object.create(null) as Record<string, JsonValue>;
    for (const [key, item] of Object.entries(value)) {
      masked[text(key)] = json(item, secret || secretKey(key));
    }
    return masked;
  };
  const knownJson = (value: JsonValue): JsonValue => {
    if (typeof value === "string") return known(value);
    if (typeof value === "number") return number(value);
    if (Array.isArray(value)) return value.map((item) => knownJson(item as JsonValue));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [known(key), knownJson(item)]));
  };
  return {
    isSecretKey: secretKey,
    text,
    json: (value) => json(value, false),
    known,
    knownJson,
    cut: (given, at) => (secrets.all === undefined ? at : cutBetween(given, at, secrets.all)),
    get margin() {
      return secrets.all?.longest ?? 0;
    },
    learn: (values) => secrets.learn(values),
  };
}
