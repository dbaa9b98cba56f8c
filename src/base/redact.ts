import type { JsonValue } from "./json.ts";

/** What stands where a secret stood. */
export const REDACTED = "***REDACTED***";

/** Known secret values shorter than this are masked only where they stand as a whole word. */
const MIN_ANYWHERE_LENGTH = 4;
/** Lines of a secret of several lines are masked one by one from this length on. */
const MIN_LINE_LENGTH = 8;
/** Cut-outs of base64 texts that hold a secret in their middle are masked from this length on. */
const MIN_BASE64_LENGTH = 8;

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
  return masked.replaceAll(AUTHORIZATION, `$1 ${REDACTED}`);
}

/** The parts of a base64 text that don't depend on what stands before and after the secret. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const forms = [bytes.toString("base64"), bytes.toString("base64url")];
  for (const offset of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replace(/=+$/u, "");
    const first = offset === 0 ? 0 : offset + 1;
    const rest = (offset + bytes.length) % 3;
    const stable = text.slice(first, rest === 0 ? undefined : -1);
    if (stable.length >= MIN_BASE64_LENGTH) {
      forms.push(stable, stable.replaceAll("+", "-").replaceAll("/", "_"));
    }
  }
  return forms;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}]/gu, String.raw`\$&`);
}

/** The spellings in which a secret may turn up. */
function formsOf(secret: string): string[] {
  const lines = secret.split(/\r\n|[\r\n]/u).filter((line) => line.length >= MIN_LINE_LENGTH);
  const forms = new Set<string>([secret, ...lines]);
  for (const text of [secret, ...lines]) {
    forms.add(JSON.stringify(text).slice(1, -1));
    const encoded = encodeURIComponent(text.toWellFormed());
    forms.add(encoded).add(encoded.replaceAll("%20", "+")).add(encoded.toLowerCase());
    for (const form of base64Forms(text)) forms.add(form);
  }
  return [...forms];
}

/** Masks secrets in texts and JSON values. Everything that Cairn prints or records goes through one. */
export interface Redactor {
  /** Whether a key's name makes its value a secret. */
  isSecretKey(key: string): boolean;
  /** The text without known secret values, URL passwords and secret parameters. */
  text(text: string): string;
  /** The value with strings masked as by `text`, and all strings and numbers under secret keys replaced. Secret references stay. */
  json(value: JsonValue): JsonValue;
  /** Adds secret values that became known (a reference was resolved). */
  learn(secrets: Iterable<string>): void;
}

export interface RedactorOptions {
  /** More key names that hold secrets: `pipeline.redact`. */
  readonly keys?: readonly string[] | undefined;
  /** Secret values already known. */
  readonly secrets?: Iterable<string> | undefined;
}

/** A pattern that finds every spelling of the secrets, longest first; undefined where there are none. */
function patternOf(secrets: ReadonlySet<string>): RegExp | undefined {
  const forms = new Map<string, string>();
  for (const secret of secrets) {
    if (secret.length < MIN_ANYWHERE_LENGTH) {
      forms.set(secret, String.raw`(?<![\w])${escapeRegExp(secret)}(?![\w])`);
    } else {
      for (const form of formsOf(secret)) forms.set(form, escapeRegExp(form));
    }
  }
  if (forms.size === 0) return undefined;
  const longestFirst = [...forms].toSorted(([a], [b]) => b.length - a.length).map(([, pattern]) => pattern);
  return new RegExp(longestFirst.join("|"), "gu");
}

/** Makes a {@link Redactor}. */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  const keys = options.keys ?? [];
  const secrets = new Set<string>();
  const answers = new Map<string, boolean>();
  let pattern: RegExp | undefined;

  const secretKey = (key: string): boolean => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = isSecretKey(key, keys);
    // Keys of configurations repeat; keys made by data may not, so the memory is bounded.
    if (answers.size < 10_000) answers.set(key, answer);
    return answer;
  };
  const text = (given: string): string => {
    const masked = pattern === undefined ? given : given.replaceAll(pattern, REDACTED);
    return maskPatterns(masked, keys);
  };
  const json = (value: JsonValue, secret: boolean): JsonValue => {
    if (typeof value === "string") {
      if (isSecretReference(value)) return value;
      return secret ? REDACTED : text(value);
    }
    if (typeof value === "number") return secret ? REDACTED : value;
    if (Array.isArray(value)) return value.map((item) => json(item as JsonValue, secret));
    if (value === null || typeof value !== "object") return value;
    const masked = Object.create(null) as Record<string, JsonValue>;
    for (const [key, item] of Object.entries(value)) {
      masked[text(key)] = json(item, secret || secretKey(key));
    }
    return masked;
  };
  const learn = (values: Iterable<string>): void => {
    for (const value of values) if (value !== "") secrets.add(value);
    pattern = patternOf(secrets);
  };
  learn(options.secrets ?? []);
  return { isSecretKey: secretKey, text, json: (value) => json(value, false), learn };
}
