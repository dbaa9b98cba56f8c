import { expect, test } from "bun:test";
import { cairnCommand, cleanEnv, type TempDir, tempDir } from "../kit/mod.ts";

const LINES = 100_000;

/** Prints much more than a pipe holds in one go, last by both streams. */
const MUCH = `export default async () => {
  const line = (_, at) => String(at).padEnd(99, "x") + "\\n";
  process.stdout.write(Array.from({ length: ${LINES} }, line).join(""));
  process.stderr.write("the end of stderr\\n");
  process.stdout.write("the end of stdout\\n");
};
`;
/** Has large outputs, so that the result is a large document. */
const LARGE = `export default async () => ({ text: "y".repeat(200_000) });
`;
const HOOK = `import { defineHooks } from "cairn";
export default defineHooks({
  afterPipeline: () => void process.stderr.write("z".repeat(3_000_000) + "\\nthe hook's end\\n"),
});
`;

function folder(type: string, count: number, more = ""): TempDir {
  const dir = tempDir("cairn-slow-");
  dir.write("plugins/t/Much.ts", MUCH);
  dir.write("plugins/t/Large.ts", LARGE);
  dir.write("plugins/t/Hook.ts", HOOK);
  const components = Array.from(
    { length: count },
    (_, at) => `{ instance-type = ${type}, instance-name = C${at} }`,
  );
  dir.write(
    "p.conf",
    `pipeline { pipeline-name = P, ${more}\n pipeline-components = [ ${components.join(", ")} ] }\n`,
  );
  return dir;
}

/** Starts Cairn with one of its streams in a pipe that nobody reads until it is full and a while is over. */
async function slowly(dir: TempDir, args: readonly string[], redirect: string): Promise<string> {
  const script = `"$@" ${redirect} | { sleep 2; cat; }`;
  const shell = Bun.spawn(["sh", "-c", script, "sh", ...cairnCommand(), ...args], {
    cwd: dir.path,
    env: cleanEnv(),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  const text = await new Response(shell.stdout).text();
  await shell.exited;
  return text;
}

for (const isolation of ["process", "none"]) {
  test(`with isolation ${isolation}, no line of a component that prints much in one go is lost to a slow reader`, async () => {
    using dir = folder("t.Much", 1);
    const text = await slowly(dir, ["run", "p.conf", `--isolation=${isolation}`], "2>&1 >/dev/null");
    const lines = text.split("\n");
    expect(lines.filter((line) => line.includes(" info  C0: stdout: ")).length).toBe(LINES + 1);
    expect(text).toContain("C0: stdout: the end of stdout\n");
    expect(text).toContain("C0: stderr: the end of stderr\n");
    // The runner's own word comes behind all that the component printed.
    const end = lines.findIndex((line) => line.includes('pipeline "P" completed'));
    expect(end).toBeGreaterThan(lines.findLastIndex((line) => line.includes("C0: stdout: ")));
  });
}

test("a large document comes whole through a pipe that is read slowly", async () => {
  using dir = folder("t.Large", 25);
  const text = await slowly(dir, ["run", "p.conf", "--format=json", "-q"], "2>/dev/null");
  expect(text.length).toBeGreaterThan(4_900_000);
  expect(JSON.parse(text)).toMatchObject({ status: "completed", components: { length: 25 } });
});

test("what a hook prints at the very end comes whole through a pipe that is read slowly", async () => {
  using dir = folder("t.Large", 1, "hooks = [ { type = t.Hook } ]");
  const text = await slowly(dir, ["run", "p.conf"], "2>&1 >/dev/null");
  expect(text).toContain(`${"z".repeat(3_000_000)}\nthe hook's end\n`);
});

/** Prints without end, and writes down how much. */
const ENDLESS = `import { writeFileSync } from "node:fs";
const chunk = ("e".repeat(99) + "\\n").repeat(1000);
export default async ({ config, signal }) => {
  for (let printed = 1; printed <= config.chunks; printed++) {
    await new Promise((resolve) => process.stdout.write(chunk, resolve));
    writeFileSync(config.file, String(printed));
    signal.throwIfAborted();
  }
};
`;
/** More than pipes and what may be queued hold together by far. */
const CHUNKS = 300;

test("what prints on while nobody reads is held up, and goes on with the reader", async () => {
  using dir = tempDir("cairn-slow-");
  dir.write("plugins/t/Endless.ts", ENDLESS);
  dir.write(
    "p.conf",
    `pipeline { pipeline-name = P, pipeline-components = [ { instance-type = t.Endless, instance-name = C, instance-config { chunks = ${CHUNKS}, file = ${JSON.stringify(dir.join("printed"))} } } ] }\n`,
  );
  const go = dir.join("go");
  Bun.spawnSync(["mkfifo", go]);
  const script = `"$@" 2>&1 >/dev/null | { read word < ${JSON.stringify(go)}; grep -c eeee; }`;
  const shell = Bun.spawn(["sh", "-c", script, "sh", ...cairnCommand(), "run", "p.conf"], {
    cwd: dir.path,
    env: cleanEnv(),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  const printed = async (): Promise<number> =>
    Number(
      await Bun.file(dir.join("printed"))
        .text()
        .catch(() => "0"),
    );
  let before = 0;
  // Standing still for so long it waits for its reader, or the machine is so slow that the test finds nothing.
  for (let still = 0; still < 15;) {
    await Bun.sleep(100);
    const now = await printed();
    still = now > 0 && now === before ? still + 1 : 0;
    before = now;
  }
  expect(before).toBeLessThan(CHUNKS / 2);
  await Bun.write(go, "on\n");
  expect((await new Response(shell.stdout).text()).trim()).toBe(String(CHUNKS * 1000));
  await shell.exited;
  expect(await printed()).toBe(CHUNKS);
}, 120_000);
