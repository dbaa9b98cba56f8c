import { expect, test } from "bun:test";
import { memoryCheckpointStore, readCheckpoint } from "../../src/api/mod.ts";
import { runCairn } from "../kit/mod.ts";
import { statuses, testPipeline } from "./pipeline-kit.ts";

const SECRET = 'c4n4ry/"of the\\secrets"';

/** Keeps what it was given in a file, and prints it in all ways. */
const TELL = `import { writeFileSync } from "node:fs";
import { defineComponent, v } from "cairn";

export default defineComponent({
  config: v.object({ file: v.string(), key: v.pipe(v.string(), v.regex(/^c4n4ry/)) }),
  async run({ config, log, run }) {
    writeFileSync(config.file, JSON.stringify({ key: config.key, pid: process.pid, runner: process.ppid }));
    console.log("printed " + config.key);
    log.info("logged", { key: config.key, as: Buffer.from(config.key).toString("hex") });
    return { rows: 1 };
  },
});
`;

const VAULT = `import { appendFileSync, statSync } from "node:fs";
import { defineSecretProvider, TransientError, v } from "cairn";

export default defineSecretProvider({
  scheme: "vault",
  config: v.object({ prefix: v.string(), token: v.string(), calls: v.string(), failures: v.optional(v.number(), 0) }),
  open: ({ config }) => ({
    get(path) {
      appendFileSync(config.calls, "x");
      if (statSync(config.calls).size <= config.failures) throw new TransientError("the vault is sealed; token " + config.token);
      if (path === "absent") throw new Error("there is nothing at " + path + "; token " + config.token);
      return config.prefix + ":" + path;
    },
  }),
});
`;

test("a secret is resolved in the component's process, checked there by the schema, and masked in what it prints", async () => {
  using pipeline = testPipeline({ "t/Tell.ts": TELL });
  const file = pipeline.dir.join("told.json");
  const text = pipeline.text([
    { type: "t.Tell", name: "A", config: `file = "${file}", key = "secret://env/KEY"` },
  ]);
  const { result, lines } = await pipeline.run(text, { env: { ...process.env, KEY: SECRET } });
  expect(statuses(result)).toEqual(["completed"]);
  const told = JSON.parse(pipeline.dir.read("told.json")) as Record<string, unknown>;
  expect(told).toEqual({ key: SECRET, pid: expect.not.closeTo(process.pid, 0), runner: process.pid });
  const texts = lines.map(({ message, fields }) => [message, fields]);
  expect(texts).toContainEqual(["printed ***REDACTED***", undefined]);
  expect(texts).toContainEqual(["logged", { key: "***REDACTED***", as: "***REDACTED***" }]);
});

test("a secret that its schema refuses is refused without being quoted", async () => {
  using pipeline = testPipeline({ "t/Tell.ts": TELL });
  const text = pipeline.text([{ type: "t.Tell", name: "A", config: 'file = f, key = "secret://env/KEY"' }]);
  const { result } = await pipeline.run(text, { env: { ...process.env, KEY: "no canary" } });
  expect(result.components[0]?.error).toMatchObject({
    code: "COMPONENT_CONFIG_INVALID",
    hint: expect.stringContaining("(at key)"),
  });
  expect(JSON.stringify(result)).not.toContain("no canary");
});

test("a secret that is not there fails its component at the place that names it, and is not tried again", async () => {
  using pipeline = testPipeline({ "t/Tell.ts": TELL });
  const text = pipeline.text(
    [{ type: "t.Tell", name: "A", config: 'file = f, key = "secret://env/NO_SUCH_KEY"' }],
    "retry-policy { max-retries = 2, initial-delay-ms = 1 }",
  );
  const { result } = await pipeline.run(text);
  const [component] = result.components;
  expect(component?.attempts).toBe(1);
  expect(component?.error?.code).toBe("SECRET_UNRESOLVED");
  expect(component?.error?.message).toMatch(
    /^Cannot resolve a secret: secret:\/\/env\/NO_SUCH_KEY \(<stdin>:5:\d+\): the environment variable NO_SUCH_KEY is not set$/u,
  );
});

test("a plugin provides secrets, with settings that name secrets themselves, and is asked anew for each attempt", async () => {
  const ask = `import { defineComponent, v } from "cairn";
export default defineComponent({
  config: v.object({ key: v.string(), file: v.string() }),
  async run({ config, secrets, log }) {
    await Bun.write(config.file, config.key + " " + (await secrets.get("secret://vault/by-code")));
    log.info("has " + config.key);
  },
});
`;
  using pipeline = testPipeline({ "t/Ask.ts": ask, "vault.ts": VAULT });
  const calls = pipeline.dir.join("calls");
  const file = pipeline.dir.join("got");
  const settings = `prefix = "from-vault", token = "secret://env/VAULT_TOKEN", calls = "${calls}", failures = 1`;
  const text = pipeline.text(
    [{ type: "t.Ask", name: "A", config: `key = "secret://vault/kv/db#password", file = "${file}"` }],
    `secrets { vault { ${settings} } }, retry-policy { max-retries = 2, initial-delay-ms = 1 }`,
  );
  const env = { ...process.env, VAULT_TOKEN: "token-canary" };
  const { result, lines } = await pipeline.run(text, { env });
  expect(statuses(result)).toEqual(["completed"]);
  expect(result.components[0]?.attempts).toBe(2);
  expect(pipeline.dir.read("got")).toBe("from-vault:kv/db#password from-vault:by-code");
  const said = JSON.stringify([result, lines]);
  expect(said).toContain("the vault is sealed; token ***REDACTED***");
  expect(said).not.toContain("token-canary");
  expect(said).not.toContain("from-vault");
});

test("a provider that is not there, or whose settings are wrong, is told with its places before anything runs", async () => {
  using pipeline = testPipeline({ "t/Tell.ts": TELL, "vault.ts": VAULT });
  const { dir } = pipeline;
  dir.write(
    "p.conf",
    `pipeline { pipeline-name = p
  plugins = ["plugins"]
  secrets { vault { prefix = a, token = b, cals = c } }
  pipeline-components = [
    { instance-type = t.Tell, instance-name = A, instance-config { file = f, key = "secret://valt/x" } }
  ] }
`,
  );
  const { code, stdout } = await runCairn(["validate", "p.conf", "--format=json"], { cwd: dir.path });
  expect(code).toBe(2);
  const { files } = JSON.parse(stdout) as {
    files: { findings: { code: string; message: string; line: number }[] }[];
  };
  const found = files[0]?.findings.map(({ code: name, message, line }) => [name, message, line]);
  expect(found).toEqual([
    ["CONFIG_SCHEMA", expect.stringContaining('"calls" is missing'), 3],
    ["CONFIG_SCHEMA", expect.stringContaining('unknown key "cals"'), 3],
    ["SECRET_PROVIDER_UNKNOWN", expect.stringContaining('no secret provider "valt"'), 5],
  ]);
  const ran = await runCairn(["run", "p.conf"], { cwd: dir.path });
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining("SECRET_PROVIDER_UNKNOWN")]);
});

test("a secret's value may change between the runs of a chain: nothing that completed runs again", async () => {
  using pipeline = testPipeline({ "t/Tell.ts": TELL });
  const store = memoryCheckpointStore();
  const config = 'file = "/dev/null", key = "secret://env/KEY"';
  const text = pipeline.text([
    { type: "t.Tell", name: "A", config },
    { type: "t.Tally", name: "B" },
  ]);
  pipeline.dir.write("B.fail", "");
  const run = (KEY: string): ReturnType<typeof pipeline.run> =>
    pipeline.run(text, { store, autoResume: true, env: { ...process.env, KEY } });
  const first = await run("c4n4ry-old");
  expect(statuses(first.result)).toEqual(["completed", "failed"]);
  await Bun.file(pipeline.dir.join("B.fail")).delete();
  const second = await run("c4n4ry-new");
  expect(statuses(second.result)).toEqual(["restored", "completed"]);
  const headers = await Promise.all(
    [first, second].map(async ({ result }) => (await readCheckpoint(store, result.runId)).records),
  );
  expect(JSON.stringify(headers)).not.toContain("c4n4ry");
});

/** Writes all of a text to a pipe that may be full. */
const WRITE = `(text) => {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      Bun.sleepSync(1);
    }
  }
}`;

for (const isolation of ["process", "none"] as const) {
  test(`no half of a secret escapes where long lines are cut (isolation = ${isolation})`, async () => {
    // Bun's process.stdout loses what a pipe does not take at once when its process ends.
    const write = isolation === "process" ? WRITE : "(text) => process.stdout.write(text)";
    const flood = `import { writeSync } from "node:fs";
import { defineComponent, v } from "cairn";
const write = ${write};
export default defineComponent({
  config: v.object({ key: v.string() }),
  async run({ config }) {
    for (let before = 16 * 1024 - 30; before < 16 * 1024 + 5; before++) {
      write("x".repeat(before) + config.key.slice(0, 9));
      await Bun.sleep(0);
      write(config.key.slice(9) + "y".repeat(20_000) + "\\n");
    }
    throw new Error("z".repeat(32 * 1024 - 10) + config.key);
  },
});
`;
    using pipeline = testPipeline({ "t/Flood.ts": flood });
    const key = "kanarienvogel-im-kaefig";
    const text = pipeline.text([{ type: "t.Flood", name: "A", config: 'key = "secret://env/KEY"' }]);
    const { result, lines } = await pipeline.run(text, { isolation, env: { ...process.env, KEY: key } });
    const said = lines.map(({ message }) => message).join("\n") + JSON.stringify(result);
    expect(said.match(/\*{3}REDACTED\*{3}/gu)?.length).toBeGreaterThanOrEqual(36);
    expect(said).not.toMatch(/kana|faefig|anarienv|kaef/u);
  });
}

test("a secret of fewer than four characters is told to be masked as a whole word only", async () => {
  using pipeline = testPipeline({ "t/Tell.ts": TELL.replace("/^c4n4ry/", "/./") });
  const text = pipeline.text([
    { type: "t.Tell", name: "A", config: 'file = "/dev/null", key = "secret://env/PIN"' },
  ]);
  const { lines } = await pipeline.run(text, { env: { ...process.env, PIN: "x7" } });
  const texts = lines.map(({ message }) => message);
  expect(texts).toContain("printed ***REDACTED***");
  expect(texts).toContainEqual(expect.stringMatching(/^secret:\/\/env\/PIN has fewer than 4 characters/u));
});
