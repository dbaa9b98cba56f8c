/** A line that ends in so many characters of base64 may have been broken there. Programs break at 64 or 76. */
const BROKEN_FROM = 40;
/** So many characters of a secret's base64 tell it from others by chance. */
const MIN_PART = 6;

const MAY_BE_BROKEN = /[\w+/-]{40}$/mu;
const WHOLLY_BASE64 = /^[\w+/-]{6,}={0,2}$/u;

/** The longest beginning of one of `forms` that the line ends in. */
function endingIn(line: string, forms: readonly string[]): number {
  let longest = 0;
  for (const form of forms) {
    for (let length = Math.min(form.length, line.length); length >= MIN_PART && length > longest; length--) {
      if (line.endsWith(form.slice(0, length))) longest = length;
    }
  }
  return longest;
}

/** The longest end of one of `forms` that the line begins with. */
function beginningWith(line: string, forms: readonly string[]): number {
  let longest = 0;
  for (const form of forms) {
    for (let length = Math.min(form.length, line.length); length >= MIN_PART && length > longest; length--) {
      if (line.startsWith(form.slice(-length))) longest = length;
    }
  }
  return longest;
}

function maskLine(line: string, forms: readonly string[], mask: string): string {
  const isWhole = WHOLLY_BASE64.test(line);
  if (isWhole && line.length >= BROKEN_FROM && forms.some((form) => form.includes(line))) return mask;
  const begin = isWhole ? beginningWith(line, forms) : 0;
  const rest = line.slice(begin);
  const end = MAY_BE_BROKEN.test(line) ? endingIn(rest, forms) : 0;
  return `${begin === 0 ? "" : mask}${rest.slice(0, rest.length - end)}${end === 0 ? "" : mask}`;
}

/**
 * Masks what is left of secrets in base64 texts that were broken into lines: a secret may begin on one line and end on the
 * next, which may come as a log line of its own.
 * @param forms Base64 of the secrets at all alignments.
 */
export function maskBrokenBase64(text: string, forms: readonly string[], mask: string): string {
  if (forms.length === 0) return text;
  if (!text.includes("\n"))
    return WHOLLY_BASE64.test(text) || MAY_BE_BROKEN.test(text) ? maskLine(text, forms, mask) : text;
  if (!MAY_BE_BROKEN.test(text)) return text;
  return text
    .split("\n")
    .map((line) => maskLine(line, forms, mask))
    .join("\n");
}
