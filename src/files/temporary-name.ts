import type { Random } from "../base/mod.ts";

/** The name of a file that is being written, beside the one that it becomes. Readers of data leave out names with a dot. */
export function temporaryName(random: Random): string {
  return `.cairn-tmp-${random.nonce()}`;
}
