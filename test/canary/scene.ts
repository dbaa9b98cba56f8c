import { canary } from "./find-canaries.ts";
import { type TempDir, tempDir } from "../kit/mod.ts";

type Way =
  | "env"
  | "file"
  | "vault"
  | "vaultToken"
  | "store"
  | "hook"
  | "code"
  | "set"
  | "envFile"
  | "plain"
  | "http";

/** The secrets, by the way they come in. */
export const SECRETS: Readonly<Record<Way, string>> = {
  env: canary("env"),
  file: `${canary("file-one")}\n${canary("file-two")}`,
  vault: canary("vault"),
  vaultToken: canary("token"),
  store: canary("store"),
  hook: canary("hook"),
  code: canary("code"),
  set: canary("set"),
  envFile: canary("env-file"),
  plain: canary("plain"),
  http: canary("http").replaceAll(/[^\w/+]/gu, ""),
};

/** The environment of a run. */
export const SECRET_ENV: Readonly<Record<string, string>> = {
  KEY: SECRETS.env,
  VAULT_KEY: SECRETS.vaultToken,
  STORE_KEY: SECRETS.store,
  HOOK_KEY: SECRETS.hook,
  CODE_KEY: SECRETS.code,
  PLAIN_PASSWORD: SECRETS.plain,
  HTTP_KEY: SECRETS.http,
};

/** Tells each secret in every way that a component has, but for those it is told not to return. */
const LEAK = `import { spawnSync } from "node:child_process";
import { existsSync, writeSync } from "node:fs";
import { defineComponent, SkipComponent, TransientError, v } from "cairn";

const forms = (secret) => [
  secret, JSON.stringify(secret), JSON.stringify(JSON.stringify(secret)), encodeURIComponent(secret),
  new URLSearchParams({ secret }).toString(), encodeURI(secret), Buffer.from(secret).toString("hex"),
  ...["", "a", "ab"].flatMap((before) => ["base64", "base64url"].map((encoding) => Buffer.from(before + secret + "!").toString(encoding))),
  Buffer.from(secret).toString("base64").replace(/=+$/, ""),
];

const writeAll = (text) => {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      Bun.sleepSync(1);
    }
  }
};

export default defineComponent({
  config: v.object({
    env: v.string(), file: v.string(), vault: v.string(), password: v.string(), apiToken: v.string(), setPassword: v.string(),
    hold: v.optional(v.string()), fails: v.optional(v.string(), ""), inRunner: v.optional(v.boolean(), false),
  }),
  async run({ config, log, step, progress, secrets, artifact, output, intent, env }) {
    const known = [config.env, config.file, config.vault, await secrets.get("secret://env/CODE_KEY")];
    const all = [...known, config.password, config.apiToken, config.setPassword];
    // In the runner nobody stands between a component and the file descriptors (docs/secrets.md).
    const write = config.inRunner ? (text) => process.stdout.write(text) : writeAll;
    for (const secret of all) {
      for (const form of forms(secret)) {
        console.log("stdout", form);
        console.error("stderr", form);
        write("joined " + form.slice(0, 5));
        await Bun.sleep(0);
        write(form.slice(5) + "\\n");
        log.warn("logged " + form, { form, deep: [{ [form]: form }] });
        progress(1, 2, form);
      }
      if (!config.inRunner) spawnSync("sh", ["-c", 'printf "child %s\\\\n" "$X"; printf %s "$X" | base64 >&2'], { stdio: "inherit", env: { PATH: env.PATH, X: secret } });
      console.log({ secret, password: secret });
    }
    console.log(process.env);
    log.info("all of it", { env: process.env });
    await step("keep", () => known.flatMap(forms));
    await step("load " + config.env, () => 1).catch((error) => log.error("no step", { error }));
    await intent("order", { start: () => known.flatMap(forms) });
    await intent("order " + config.vault, { start: () => 1 }).catch((error) => log.error("no action", { error }));
    await output("/tmp/" + config.env).catch((error) => log.error("no output", { error }));
    await artifact("/tmp/" + config.env).catch((error) => log.error("no artifact", { error }));
    if (config.hold !== undefined) {
      log.info("holding");
      while (existsSync(config.hold)) await Bun.sleep(10);
    }
    const text = all.flatMap(forms).join(" ");
    if (existsSync(config.fails)) {
      const error = new TransientError("failed with " + text, { cause: new Error(text), hint: text });
      throw Object.assign(error, { password: text, name: "E" + config.vault });
    }
    if (config.fails === "skip") throw new SkipComponent("nothing to do for " + text);
    return { text: known.flatMap(forms).join(" "), keys: Object.fromEntries(known.map((secret) => [secret, secret])) };
  },
});
`;

/** A component that is a program: prints its configuration and environment, and gives them back. */
const SHELL = `#!/bin/sh
config=$(cat)
printf '%s\\n' "$config"
env >&2
printf '%s' "$config" | base64
printf '{"config": %s}' "$config" > "$CAIRN_OUTPUT"
`;

const VAULT = `import { defineSecretProvider, v } from "cairn";
export default defineSecretProvider({
  scheme: "vault",
  config: v.object({ token: v.string(), folder: v.string() }),
  open: ({ config }) => ({
    async get(path) {
      console.log("asked with " + config.token);
      return (await Bun.file(config.folder + "/" + path).text()).trim();
    },
  }),
});
`;

const HOOK = `import { defineHooks, v } from "cairn";
export default defineHooks({
  config: v.object({ key: v.string() }),
  open: ({ key }) => ({
    beforePipeline() { throw new Error("refused with " + key); },
    afterComponent() { throw new Error("refused with " + Buffer.from(key).toString("base64")); },
  }),
});
`;

const STORE = `import { Database } from "bun:sqlite";
import { existsSync, writeFileSync } from "node:fs";
import { defineCheckpointStore, storeError, v } from "cairn";
export default defineCheckpointStore({
  scheme: "sqlite",
  config: v.object({ password: v.string() }),
  open({ location, config }) {
    const db = new Database(new URL(location).pathname, { create: true });
    db.run("create table if not exists objects (key text primary key, text text, at integer) without rowid");
    const row = (key) => db.query("select * from objects where key = ?").get(key);
    const failed = new URL(location).pathname + ".failed";
    return {
      location, timeGrainMs: 1,
      putIfAbsent: async (key, text) => db.query("insert or ignore into objects values (?, ?, ?)").run(key, text, Date.now()).changes === 1,
      put: async (key, text) => void db.query("insert or replace into objects values (?, ?, ?)").run(key, text, Date.now()),
      get: async (key) => row(key)?.text,
      list: async (prefix, after = "") => {
        if (!existsSync(failed)) {
          writeFileSync(failed, "");
          throw storeError("STORE_UNAVAILABLE", "no answer for " + config.password);
        }
        return db.query("select * from objects where key glob ? and key > ? order by key").all(prefix + "*", after)
          .map(({ key, text, at }) => ({ key, size: text.length, modifiedAt: at }));
      },
      delete: async (key) => void db.query("delete from objects where key = ?").run(key),
      time: async () => Date.now(),
      close: async () => db.close(),
    };
  },
});
`;

/** A pipeline that is given secrets in all ways there are; everything that it leaves behind lies outside `given`. */
export function canaryScene(serverUrl: string): TempDir {
  const dir = tempDir("cairn-canary-");
  dir.write("plugins/t/Leak.ts", LEAK);
  dir.write("plugins/t/Shell.sh", SHELL, 0o755);
  dir.write("plugins/vault.ts", VAULT);
  dir.write("plugins/t/Hook.ts", HOOK);
  dir.write("plugins/sqlite.ts", STORE);
  dir.write("given/file", `${SECRETS.file}\n`);
  dir.write("given/db", SECRETS.vault);
  dir.write("given/more.env", `MORE_TOKEN='${SECRETS.envFile}'\n`);
  const config = `env = "secret://env/KEY", file = "secret://file${dir.join("given/file")}", vault = "secret://vault/db"
        password = \${PLAIN_PASSWORD}, api-token = \${MORE_TOKEN}, set-password = \${?secrets.password}`;
  dir.write(
    "p.conf",
    `pipeline {
  pipeline-name = canary, fail-fast = false
  plugins = ["plugins"]
  secrets { vault { token = "secret://env/VAULT_KEY", folder = "${dir.join("given")}" } }
  checkpoint { enabled = true, location = "sqlite://${dir.join("checkpoints.db")}", cleanup-on-success = false
    store { password = "secret://env/STORE_KEY" } }
  hooks = [
    { type = audit, path = "audit.jsonl", environment = [KEY, PLAIN_PASSWORD, PATH] }
    { type = logging, file = "events.jsonl" }
    { type = metrics, file = "metrics.prom" }
    { type = t.Hook, key = "secret://env/HOOK_KEY" }
  ]
  pipeline-components = [
    { instance-type = t.Leak, instance-name = Leak, instance-config { ${config}, hold = "${dir.join("hold")}" } }
    { instance-type = t.Leak, instance-name = Skips, instance-config { ${config}, fails = skip } }
    { instance-type = t.Leak, instance-name = InRunner, isolation = none, instance-config { ${config}, in-runner = true } }
    { instance-type = exec, instance-name = Exec, instance-config {
        command = "printf '%s\\\\n' \\"$X\\"; printf %s \\"$X\\" | base64; cat >&2; printf '\\\\n{\\"x\\":\\"%s\\"}\\\\n' hidden"
        shell = true, env { X = "secret://env/HTTP_KEY" }, stdin = "secret://vault/db", outputs = last-line } }
    { instance-type = t.Shell, instance-name = Shell, instance-config {
        key = "secret://env/KEY", deep { file = "secret://file${dir.join("given/file")}" } } }
    { instance-type = http, instance-name = Http, instance-config {
        url = "${serverUrl}", auth { bearer = "secret://env/HTTP_KEY" }, query { key = "secret://env/KEY" } } }
    { instance-type = t.Leak, instance-name = Fails, instance-config { ${config}, fails = "${dir.join("fail")}" }
      retry-policy { max-retries = 1, initial-delay-ms = 1 } }
  ]
}
`,
  );
  return dir;
}
