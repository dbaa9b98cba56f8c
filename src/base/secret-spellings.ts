/** Known secret values shorter than this, in UTF-16 code units, are masked only where they stand as a whole word, and in no other spelling. */
export const MIN_ANYWHERE_LENGTH = 4;
/** Lines of a secret of several lines are masked wherever they stand from this length on, shorter ones as whole words. */
const MIN_LINE_LENGTH = 8;
/** Cut-outs of base64 texts that hold a secret in their middle are masked from this length on. */
const MIN_BASE64_LENGTH = 5;
/** A longer secret is looked for piece by piece, so that no pattern grows without bounds. */
const MAX_PIECE = 4096;
/** Widths at which programs break base64 into lines: MIME's and PEM's. */
const BASE64_WIDTHS = [76, 64] as const;
/** Backslashes that JSON in JSON in JSON piles up before one character. */
const MAX_BACKSLASHES = 8;

/** One way to find a secret. */
interface Spelling {
  readonly pattern: string;
  /** Most UTF-16 code units that it can match. */
  readonly longest: number;
}

/** Every way in which a set of secrets may turn up in a text. */
export interface SecretSpellings {
  /** Finds all of them, longest first. */
  readonly pattern: RegExp;
  /** Most UTF-16 code units that one match can have. */
  readonly longest: number;
  /** The secrets as they are, for texts that end in the middle of one. */
  readonly plain: readonly string[];
  /** Base64 of the secrets at all alignments, for lines that a program broke a longer base64 text into. */
  readonly base64: readonly string[];
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}]/gu, String.raw`\$&`);
}

function literal(text: string): Spelling {
  return { pattern: escapeRegExp(text), longest: text.length };
}

function wholeWord(text: string): Spelling {
  return { pattern: String.raw`(?<![\w])${escapeRegExp(text)}(?![\w])`, longest: text.length };
}

/** `3f` → `3[fF]`: percent and \u escapes are written in either case. */
function anyCase(hex: string): string {
  return hex.replaceAll(/[a-f]/gu, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  "&": "&(?:amp|#38);",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&(?:quot|#34);",
  "'": "&(?:apos|#39|#x27);",
};
const JSON_SHORT: Readonly<Record<string, string>> = {
  "\n": "n",
  "\r": "r",
  "\t": "t",
  "\b": "b",
  "\f": "f",
};

/** A character as it is, percent-encoded, escaped as in JSON (several times over), and as in HTML. */
function characterPattern(char: string): Spelling {
  if (/^\w$/u.test(char)) return { pattern: char, longest: 1 };
  const bytes = Buffer.from(char.toWellFormed(), "utf8").toString("hex").match(/../gu) ?? [];
  const units = Array.from({ length: char.length }, (_, at) => char.charCodeAt(at).toString(16));
  const slashes = String.raw`\\{1,${MAX_BACKSLASHES}}`;
  const forms = [
    bytes.map((byte) => `%${anyCase(byte)}`).join(""),
    units.map((unit) => `${slashes}u${anyCase(unit.padStart(4, "0"))}`).join(""),
  ];
  const short = JSON_SHORT[char];
  if (short !== undefined) forms.push(`${slashes}${short}`);
  if (char === "\\") forms.push(slashes);
  else if ("\"'/".includes(char)) forms.push(`\\\\{0,${MAX_BACKSLASHES}}${escapeRegExp(char)}`);
  else forms.push(escapeRegExp(char));
  if (char === " ") forms.push(String.raw`\+`);
  const entity = HTML_ENTITIES[char];
  if (entity !== undefined) forms.push(entity);
  const longest = Math.max(3 * bytes.length, (MAX_BACKSLASHES + 5) * units.length);
  return { pattern: `(?:${forms.join("|")})`, longest };
}

function spelledOut(text: string): Spelling {
  const parts = Array.from(text, characterPattern);
  return {
    pattern: parts.map(({ pattern }) => pattern).join(""),
    longest: parts.reduce((sum, part) => sum + part.longest, 0),
  };
}

function urlSafe(base64: string): string {
  return base64.replaceAll("+", "-").replaceAll("/", "_");
}

/** Base64 of the secret, padded or not, and the parts of longer base64 texts that don't depend on what surrounds it. */
function base64Forms(bytes: Buffer): string[] {
  const whole = bytes.toString("base64");
  const forms = [whole];
  for (const offset of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replace(/=+$/u, "");
    const first = offset === 0 ? 0 : offset + 1;
    const rest = (offset + bytes.length) % 3;
    const stable = text.slice(first, rest === 0 ? undefined : -1);
    if (stable.length >= MIN_BASE64_LENGTH) forms.push(stable);
  }
  return forms.flatMap((form) => [form, urlSafe(form)]);
}

/** Base64 of a text as it is, and as it stands in a JSON document that is encoded as a whole. */
function base64OfText(text: string): string[] {
  const escaped = JSON.stringify(text).slice(1, -1);
  return [...new Set([text, escaped])].flatMap((one) => base64Forms(Buffer.from(one.toWellFormed(), "utf8")));
}

/** The lines that `base64` and `openssl` break a long secret's base64 into. */
function brokenBase64(secret: string): string[] {
  const lines = new Set<string>();
  for (const text of [secret, `${secret}\n`]) {
    const base64 = Buffer.from(text, "utf8").toString("base64");
    for (const width of BASE64_WIDTHS) {
      if (base64.length <= width) continue;
      for (let from = 0; from < base64.length; from += width) {
        const line = base64.slice(from, from + width);
        if (line.length >= MIN_BASE64_LENGTH) lines.add(line);
      }
    }
  }
  return [...lines];
}

function pieces(text: string): string[] {
  const cut: string[] = [];
  for (let from = 0; from < text.length; from += MAX_PIECE) cut.push(text.slice(from, from + MAX_PIECE));
  return cut;
}

/** The spellings of one secret. */
function spellingsOf(secret: string): Spelling[] {
  if (secret.length < MIN_ANYWHERE_LENGTH) return [wholeWord(secret)];
  const lines = secret.split(/\r\n|[\r\n]/u);
  const isLong = lines.length > 1;
  const texts = new Set([secret, ...(isLong ? lines.filter((line) => line.length >= MIN_LINE_LENGTH) : [])]);
  const words = isLong
    ? lines.filter((line) => line.length >= MIN_ANYWHERE_LENGTH && line.length < MIN_LINE_LENGTH)
    : [];
  const forms = new Set<string>(brokenBase64(secret));
  const spelled: Spelling[] = [];
  for (const text of [...texts].flatMap(pieces)) {
    const hex = Buffer.from(text.toWellFormed(), "utf8").toString("hex");
    spelled.push(spelledOut(text));
    for (const form of [...base64OfText(text), hex, hex.toUpperCase()]) forms.add(form);
  }
  return [...spelled, ...words.map(wholeWord), ...[...forms].map(literal)];
}

/** Alternatives that begin with the same letter are tried only where it stands: most places of a text cost one look. */
function joined(spellings: readonly Spelling[]): string {
  const byFirst = new Map<string, string[]>();
  const words: string[] = [];
  for (const { pattern } of spellings) {
    // Whole words come last: a longer secret may begin like one.
    if (pattern.startsWith("(?<!")) {
      words.push(pattern);
      continue;
    }
    const first = /^\w/u.exec(pattern)?.[0] ?? "";
    const group = byFirst.get(first) ?? [];
    group.push(pattern.slice(first.length));
    byFirst.set(first, group);
  }
  return [...[...byFirst].map(([first, rests]) => `${first}(?:${rests.join("|")})`), ...words].join("|");
}

/** All spellings of the secrets as one pattern; undefined where there are no secrets. */
export function spellSecrets(secrets: Iterable<string>): SecretSpellings | undefined {
  const known = [...new Set(secrets)].filter((secret) => secret !== "");
  if (known.length === 0) return undefined;
  const unique = new Map<string, Spelling>();
  for (const spelling of known.flatMap(spellingsOf)) unique.set(spelling.pattern, spelling);
  const longestFirst = [...unique.values()].toSorted((a, b) => b.longest - a.longest);
  return {
    pattern: new RegExp(joined(longestFirst), "gu"),
    longest: longestFirst[0]?.longest ?? 0,
    plain: known.filter((secret) => secret.length > MIN_ANYWHERE_LENGTH),
    base64: known
      .filter((secret) => secret.length >= MIN_ANYWHERE_LENGTH && secret.length <= MAX_PIECE)
      .flatMap(base64OfText),
  };
}
