/** What every secret of the canary tests holds several times over, so that half a secret is found as well. */
export const MARK = "kanari7";

/** A secret with signs that each encoding spells otherwise. */
export function canary(id: string): string {
  return `${MARK}/${id}+"${MARK}" ä&${MARK}\\${id}`;
}

function decodedBase64(text: string): string {
  const found: string[] = [];
  for (const [run] of text.matchAll(/[\w+/-]{8,}/gu)) {
    for (let skip = 0; skip < 4; skip++) {
      found.push(Buffer.from(run.slice(skip), "base64").toString("latin1"));
    }
  }
  return found.join("\n");
}

function decodedHex(text: string): string {
  const found: string[] = [];
  for (const [run] of text.matchAll(/(?:[0-9a-f]{2}){6,}|(?:[0-9A-F]{2}){6,}/gu)) {
    for (const skip of [0, 1]) found.push(Buffer.from(run.slice(skip), "hex").toString("latin1"));
  }
  return found.join("\n");
}

/** What undoing an encoding makes of a text: this knows nothing of how secrets are masked. */
const DECODERS: Readonly<Record<string, (text: string) => string>> = {
  raw: (text) => text,
  "URL encoding": (text) =>
    text.replaceAll(/%([0-9a-f]{2})/giu, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
  "JSON escapes": (text) =>
    text.replaceAll(/\\u([0-9a-f]{4})/giu, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
  base64: decodedBase64,
  "base64 over lines": (text) => decodedBase64(text.replaceAll(/(?<=[\w+/-]{40})\n/gu, "")),
  hex: decodedHex,
  "parts of lines": (text) => text.replaceAll("\n", ""),
};

/** Where canaries are in some bytes: the encoding, and a little of what stands there. None: an empty list. */
export function findCanaries(bytes: Uint8Array | string): string[] {
  const text = typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("latin1");
  return Object.entries(DECODERS).flatMap(([name, decode]) => {
    const decoded = decode(text);
    const at = decoded.indexOf(MARK);
    return at === -1 ? [] : [`${name}: …${decoded.slice(Math.max(0, at - 60), at + 30)}…`];
  });
}
