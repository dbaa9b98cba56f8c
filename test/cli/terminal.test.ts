import { expect, test } from "bun:test";
import { cairnCommand, cleanEnv, tempDir } from "../kit/mod.ts";
import { pipeline } from "./pipelines.ts";

const STEPS = `export default async ({ progress }) => {
  for (let done = 1; done <= 4; done++) { progress(done, 4, "file" + done); await Bun.sleep(150); }
};
`;

/** What a run writes to a terminal of its own that nobody has told its size; undefined where there is no \`script\`. */
async function onTerminal(env: Readonly<Record<string, string>>): Promise<string | undefined> {
  const script = Bun.which("script");
  if (script === null) return undefined;
  using dir = tempDir("cairn-terminal-");
  dir.write("plugins/t/Steps.ts", STEPS);
  dir.write("p.conf", pipeline("P", [{ type: "t.Steps", name: "A" }]));
  const command = [...cairnCommand(), "run", "p.conf"].map((word) => `'${word}'`).join(" ");
  const ran = Bun.spawn([script, "-qec", command, "/dev/null"], {
    cwd: dir.path,
    env: cleanEnv(env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  const text = await new Response(ran.stdout).text();
  expect(await ran.exited).toBe(0);
  return text;
}

const hasScript = Bun.which("script") !== null;

test.skipIf(!hasScript)(
  "a terminal without a size shows the bar of the running component (needs script)",
  async () => {
    const text = await onTerminal({ TERM: "xterm" });
    expect(text).toContain("file");
    expect(text).toContain("█");
  },
);

test.skipIf(!hasScript)("a terminal that can't move its cursor gets plain lines (needs script)", async () => {
  const text = await onTerminal({ TERM: "dumb" });
  expect(text).toContain(" info  1/1 A started");
  expect(text).not.toContain("\u001B");
});
