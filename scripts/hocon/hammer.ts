#!/usr/bin/env bun
/**
 * Reads very many bad inputs: random bytes, and random documents with characters exchanged, cut out and put in.
 * None may throw, take more than a second, or give an error without a place.
 *
 *     hammer.ts [COUNT] [SEED]        default 1000000 1; prints its seed and stops at the first failure
 */
import { noIncludes, readHocon } from "../../src/hocon/mod.ts";
import { randomDocument, randomFrom } from "./generate.ts";

const MARKS = '{}[]:=,+#"\\$?/. \n\r\t\u00a0\ufeff\u0000\ud800x1-';
const FILES = ["a.conf", "a.conf", "a.conf", "a.json", "a.properties"];
/** The longest that one small input may take, in milliseconds. */
const MAX_MS = 1_000;

function randomBytes(random: () => number): Uint8Array {
  return Uint8Array.from({ length: Math.floor(random() * 120) }, () => Math.floor(random() * 256));
}

/** A random document with one to five changes. */
function mutated(seed: number, random: () => number): string {
  let text = randomDocument(seed).main;
  for (let changes = 1 + Math.floor(random() * 5); changes > 0; changes--) {
    const at = Math.floor(random() * (text.length + 1));
    const cut = random() < 0.5 ? 0 : Math.floor(random() * 8);
    const put = random() < 0.3 ? "" : MARKS.charAt(Math.floor(random() * MARKS.length));
    text = text.slice(0, at) + put + text.slice(at + cut);
  }
  return text;
}

function fault(text: string | Uint8Array, file: string): string | undefined {
  const start = performance.now();
  try {
    const { root, findings } = readHocon({ text, file, includes: noIncludes, env: {} });
    const errors = findings.filter(({ severity }) => severity === "error");
    if ((root === undefined) !== errors.length > 0) return "neither a tree nor an error, or both";
    if (errors.some(({ place, message }) => !place || place.line < 1 || message === ""))
      return "an error without a place";
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return performance.now() - start > MAX_MS ? "too slow" : undefined;
}

function main(count: number, seed: number): number {
  const random = randomFrom(seed);
  for (let i = 0; i < count; i++) {
    const text = i % 5 === 0 ? randomBytes(random) : mutated(seed * 1_000_003 + i, random);
    const file = FILES[Math.floor(random() * FILES.length)] ?? "a.conf";
    const found = fault(text, file);
    if (found === undefined) continue;
    process.stdout.write(
      `seed ${seed}, input ${i} as ${file}: ${found}\n${JSON.stringify(typeof text === "string" ? text : [...text])}\n`,
    );
    return 1;
  }
  process.stdout.write(`seed ${seed}: ${count} inputs without a fault\n`);
  return 0;
}

process.exitCode = main(Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? 1));
