#!/usr/bin/env bun
/**
 * Compares the hocon room with the reference on random documents, and shrinks what they disagree on.
 *
 *     compare.ts --count 50000 --seed 1 [--keep DIR] -- java -cp JAR:DIR Reference
 *
 * The command after `--` is the reference as a filter (see Reference.java). Both sides get the same
 * small environment. Exit 0: no disagreement; 1: disagreements, printed and kept in DIR.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { parseArgs } from "node:util";
import { readHocon, renderJson } from "../../src/hocon/mod.ts";
import { type RandomDocument, randomDocument } from "./generate.ts";
import { canonical, ENVIRONMENT, ReferenceProcess, type Verdict } from "./reference-process.ts";

function ours({ main, included }: RandomDocument): Verdict {
  const { root, findings } = readHocon({
    text: main,
    file: "main.conf",
    env: ENVIRONMENT,
    includes: {
      read: (_kind, name) => {
        const text = included.get(normalize(name));
        return text === undefined ? undefined : { file: name, text };
      },
    },
  });
  if (root) return { ok: true, value: canonical(JSON.parse(renderJson(root))) };
  return {
    ok: false,
    message: findings.map(({ message, place }) => `${place?.file}:${place?.line}: ${message}`).join("; "),
  };
}

/** How the sides differ, or undefined; where the reference itself broke there is no verdict. */
function difference(expected: Verdict, got: Verdict): string | undefined {
  if (expected.type === "Broken") return undefined;
  if (expected.ok !== got.ok) return expected.ok ? "rejects valid" : "accepts invalid";
  return expected.ok && expected.value !== got.value ? "wrong value" : undefined;
}

/** Smaller documents next to one: without a stretch of its text, or without an include. */
function smaller(document: RandomDocument): RandomDocument[] {
  const candidates: RandomDocument[] = [];
  for (let size = document.main.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at + size <= document.main.length; at += Math.max(1, size >> 1)) {
      candidates.push({
        main: document.main.slice(0, at) + document.main.slice(at + size),
        included: document.included,
      });
    }
  }
  for (const [name, text] of document.included) {
    for (let size = text.length; size >= 1; size >>= 1) {
      for (let at = 0; at + size <= text.length; at += size) {
        candidates.push({
          main: document.main,
          included: new Map([...document.included, [name, text.slice(0, at) + text.slice(at + size)]]),
        });
      }
    }
  }
  return candidates;
}

/** The smallest document found that the sides still disagree on in the same way. */
async function shrink(
  document: RandomDocument,
  how: string,
  reference: ReferenceProcess,
): Promise<RandomDocument> {
  for (let best = document; ;) {
    const candidates = smaller(best);
    const verdicts = await reference.ask(candidates);
    const index = candidates.findIndex((candidate, i) => {
      const verdict = verdicts[i];
      return verdict !== undefined && difference(verdict, ours(candidate)) === how;
    });
    const found = candidates[index];
    if (!found) return best;
    best = found;
  }
}

const BATCH = 500;

async function main(argv: readonly string[]): Promise<number> {
  const split = argv.indexOf("--");
  const { values } = parseArgs({
    args: argv.slice(0, split),
    options: {
      count: { type: "string", default: "50000" },
      seed: { type: "string", default: "1" },
      keep: { type: "string" },
    },
  });
  const reference = new ReferenceProcess(argv.slice(split + 1));
  const tally = { same: 0, accepted: 0, broken: 0, different: 0 };
  const count = Number(values.count);
  for (let done = 0; done < count; done += BATCH) {
    const seeds = Array.from(
      { length: Math.min(BATCH, count - done) },
      (_, i) => Number(values.seed) * 1_000_003 + done + i,
    );
    const documents = seeds.map(randomDocument);
    const verdicts = await reference.ask(documents);
    for (const [i, document] of documents.entries()) {
      const expected = verdicts[i];
      if (!expected || expected.type === "Broken") {
        tally.broken += 1;
        continue;
      }
      const how = difference(expected, ours(document));
      if (how === undefined) {
        tally.same += 1;
        tally.accepted += expected.ok ? 1 : 0;
        continue;
      }
      tally.different += 1;
      await report(seeds[i] ?? 0, await shrink(document, how, reference), how, reference, values.keep);
    }
  }
  await reference.close();
  process.stdout.write(
    `seed ${values.seed}: ${tally.same} the same (${tally.accepted} accepted), ${tally.different} different, ${tally.broken} without a verdict because the reference broke\n`,
  );
  return tally.different === 0 ? 0 : 1;
}

async function report(
  seed: number,
  document: RandomDocument,
  how: string,
  reference: ReferenceProcess,
  keep: string | undefined,
): Promise<void> {
  const [expected] = await reference.ask([document]);
  const files = [["main.conf", document.main] as const, ...document.included];
  process.stdout.write(
    `--- seed ${seed}: ${how}\n${files.map(([name, text]) => `[${name}]\n${text}\n`).join("")}reference: ${expected?.value ?? expected?.message}\nours:      ${ours(document).value ?? ours(document).message}\n`,
  );
  if (keep === undefined) return;
  const folder = join(keep, `seed-${seed}`);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
