/** SHA-256 of UTF-8 text or bytes, as 64 hex digits. */
export function sha256(input: string | Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(input).digest("hex");
}
