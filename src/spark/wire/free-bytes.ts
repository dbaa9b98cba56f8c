/**
 * Gives the memory of bytes that nobody reads any more back at once, where a collector would let tens of MB gather.
 * The whole buffer below them goes: it must be the caller's own.
 */
export function freeBytes(bytes: Uint8Array): void {
  if (bytes.buffer instanceof ArrayBuffer) bytes.buffer.transfer(0);
}
