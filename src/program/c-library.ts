import { dlopen, type FFIFunction } from "bun:ffi";

/** Names under which the C library is found: glibc, then musl. */
const LIBRARIES = [
  "libc.so.6",
  `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`,
  "libc.so",
];

/** The functions of a C library that was opened. */
export type CFunctions<Symbols extends Record<string, FFIFunction>> = ReturnType<
  typeof dlopen<Symbols>
>["symbols"];

/** Opens functions of the C library. Undefined where there is none that we know how to call: on any system but Linux. */
export function openCLibrary<const Symbols extends Record<string, FFIFunction>>(
  symbols: Symbols,
): CFunctions<Symbols> | undefined {
  if (process.platform !== "linux") return undefined;
  for (const name of LIBRARIES) {
    try {
      return dlopen(name, symbols).symbols;
    } catch (thrown) {
      // The next name is tried; where none is there, one does without.
      if (!(thrown instanceof Error)) throw thrown;
    }
  }
  return undefined;
}
