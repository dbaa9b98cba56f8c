import { messageOf } from "../base/mod.ts";

/** How long one URL may take, in milliseconds. */
const URL_TIMEOUT_MS = 30_000;

/** What became of a URL: its text, nothing there (404, 410), or why not. */
export type UrlText =
  | { readonly kind: "text"; readonly bytes: Uint8Array }
  | { readonly kind: "missing" }
  | { readonly kind: "failed"; readonly message: string };

/** Gets one URL. */
export type FetchUrl = (url: string, limit: number) => Promise<UrlText>;

async function readBody(response: Response, limit: number): Promise<UrlText> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  const body: AsyncIterable<Uint8Array> | readonly Uint8Array[] = response.body ?? [];
  for await (const chunk of body) {
    total += chunk.byteLength;
    if (total > limit) return { kind: "failed", message: `it has more than ${limit} bytes` };
    chunks.push(chunk);
  }
  return { kind: "text", bytes: Buffer.concat(chunks) };
}

/** Gets an http(s) URL; redirects may not lead to another scheme. */
export const fetchUrl: FetchUrl = async (url, limit) => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(URL_TIMEOUT_MS) });
    if (response.status === 404 || response.status === 410) return { kind: "missing" };
    if (!response.ok) return { kind: "failed", message: `the server answered ${response.status}` };
    return await readBody(response, limit);
  } catch (thrown) {
    return { kind: "failed", message: messageOf(thrown) };
  }
};
