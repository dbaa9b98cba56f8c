import { expect, test } from "bun:test";
import type { Finding } from "../../src/base/mod.ts";
import { type Seeded, seeded } from "../kit/mod.ts";
import { loadText, pipelineText } from "./load.ts";

const ROUNDS = 400;

const SAMPLE = `# a pipeline
spark { app-name = x, config { "spark.a" = 1, spark { b = true } } }
pipeline {
  pipeline-name = "Daily"
  timeout = 6 h
  redact = [ssn]
  checkpoint { enabled = true, on-config-change = rerun, lease = 5 minutes, store { a = 1 } }
  retry-policy { max-retries = 3, jitter-factor = 0.1 }
  hooks = [ { type = audit, path = x }, { type = logging } ]
  pipeline-components = [
    { instance-type = a.B, instance-name = one, instance-config { p = "secret://env/X", q = [1, 2] } }
    { instance-type = a.C, instance-name = two, depends-on = [one], timeout = 3 s
      memory-limit = 512MiB, isolation = fresh }
    \${base} { instance-name = three, depends-on = ["one", two] }
  ]
}
base { instance-type = a.D, retry-policy.max-retries = "4" }
`;

const PIECES = [
  "{",
  "}",
  "[",
  "]",
  '"',
  "=",
  ",",
  "-1",
  "null",
  "x",
  "\n",
  "${",
  "${secret:env://A}",
  "é日",
  "\t",
  "1e9",
];

/** The sample with a few words removed, doubled, misspelt or replaced. */
function mutate(random: Seeded): string {
  let text = SAMPLE;
  for (let times = 1 + random.int(3); times > 0; times--) {
    const words = [...text.matchAll(/[\w-]+|[^\w\s]/gu)];
    const { 0: word, index } = random.pick(words);
    const replaced = [
      "",
      word + word,
      word.slice(1),
      `${word.slice(0, 2)}x${word.slice(2)}`,
      random.pick(PIECES),
    ][random.int(5)];
    text = text.slice(0, index) + (replaced ?? "") + text.slice(index + word.length);
  }
  return text;
}

/** What is wrong with a finding's place, if anything. */
function misplaced({ place, sourceLine }: Finding, text: string): string | undefined {
  if (place === undefined) return "no place";
  if (place.file !== "daily.conf") return `file ${place.file}`;
  const line = text.split("\n")[place.line - 1];
  if (line === undefined) return `line ${place.line}`;
  if (place.column < 1 || place.column > line.length + 1) return `column ${place.column}`;
  if (place.length < 1 || (place.length > 1 && place.column - 1 + place.length > line.length)) {
    return `length ${place.length}`;
  }
  if (sourceLine?.length !== line.length) return `source line ${JSON.stringify(sourceLine)}`;
  return undefined;
}

test("the sample has no findings", async () => {
  expect((await loadText(SAMPLE)).findings).toEqual([]);
});

test("every finding about a damaged file lies within it, and there is a pipeline exactly where none is an error", async () => {
  const random = seeded("places of findings");
  let errors = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const text = mutate(random);
    const { findings, pipeline } = await loadText(text);
    const failed = findings.some(({ severity }) => severity === "error");
    if (failed) errors++;
    const wrong = findings.flatMap((finding) => {
      const how = misplaced(finding, text);
      return how === undefined ? [] : [`${finding.code}: ${how}`];
    });
    expect({ text, wrong, pipeline: pipeline === undefined }).toEqual({ text, wrong: [], pipeline: failed });
  }
  // A mutation that never did harm would show nothing.
  expect(errors).toBeGreaterThan(ROUNDS / 4);
});

test("10,000 components are decoded, each with its own values", async () => {
  const count = 10_000;
  const components = Array.from(
    { length: count },
    (_, index) =>
      `{ instance-type = com.example.T, instance-name = "c${index}", instance-config { n = ${index} }, timeout = ${index + 1} s }`,
  );
  const { pipeline, findings } = await loadText(pipelineText("", components.join("\n")));
  expect(findings).toEqual([]);
  expect(pipeline?.components).toHaveLength(count + 1);
  expect(pipeline?.components.at(-1)).toMatchObject({
    index: count,
    instanceName: `c${count - 1}`,
    timeoutMs: count * 1000,
  });
});
