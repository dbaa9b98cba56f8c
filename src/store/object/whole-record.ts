/** The text of a record, undefined where it is not one: cut off, emptied, or another number's. */
export function wholeRecord(seq: number, text: string | undefined): string | undefined {
  if (text === undefined || !text.startsWith(`{"seq":${seq},`)) return undefined;
  try {
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}
