/** Characters as the reference's tokenizer sorts them. */

/** White space, the newline included: Java's, plus the no-break spaces and the byte order mark. */
export function isSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f);
  if (code < 0xa0) return false;
  return (
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff
  );
}

/** Reserved characters: they end an unquoted text and may not stand outside quotes on their own. */
const RESERVED = '$"{}[]:=,+#`^?!@*&\\';

/** For each ASCII code, 1 where an unquoted text ends. */
const ENDS_UNQUOTED: Uint8Array = new Uint8Array(128);
for (const character of RESERVED) ENDS_UNQUOTED[character.charCodeAt(0)] = 1;

export function isReserved(code: number): boolean {
  return code < 128 && ENDS_UNQUOTED[code] === 1;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Characters that the tokenizer takes into a number once it has begun with a digit or a minus. */
export function isNumberPart(code: number): boolean {
  return (
    isDigit(code) || code === 0x65 || code === 0x45 || code === 0x2b || code === 0x2d || code === 0x2e // e E + - .
  );
}

/** Letters, digits, `_` and `-`: a path element of these alone is written without quotes. */
export function isPlainPathPart(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    isDigit(code) ||
    code === 0x5f ||
    code === 0x2d
  );
}

/** Removes white space (in the sense of `isSpace`) at both ends. */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** A character's name for messages. */
export function characterName(character: string): string {
  switch (character) {
    case "\n":
      return "the end of the line";
    case "\t":
      return "a tab";
    case "\r":
      return "a carriage return";
    case " ":
      return "a space";
    case "":
      return "the end of the file";
    default: {
      const code = character.codePointAt(0) ?? 0;
      return code < 0x20 || isSpace(code) || code === 0x7f
        ? `the character U+${code.toString(16).toUpperCase().padStart(4, "0")}`
        : `"${character}"`;
    }
  }
}
