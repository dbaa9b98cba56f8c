import type { Environment } from "./options.ts";

/** Variables by which Bun would be another program. */
const UNWANTED: ReadonlySet<string> = new Set(["BUN_OPTIONS", "BUN_BE_BUN"]);

/** The environment of a process of ours that is spoken to line by line. */
export function childEnv(env: Environment): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !UNWANTED.has(name)));
}

/** What a process says, line by line. */
export async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    rest += decoder.decode(bytes, { stream: true });
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      yield rest.slice(0, end);
      rest = rest.slice(end + 1);
    }
  }
  return undefined;
}
