import { describe, expect, test } from "bun:test";
import { CairnError, createRedactor, findingsToText, messageOf } from "../../src/base/mod.ts";
import {
  configOrigins,
  explainValue,
  machineSecrets,
  parseSecretReference,
  redactorFor,
  resolveSecrets,
  showConfig,
} from "../../src/config/mod.ts";
import { tempDir } from "../kit/mod.ts";
import { loadText, pipelineOf, pipelineText } from "./load.ts";

describe("references", () => {
  test("are whole texts of three forms", () => {
    expect(parseSecretReference("secret://vault/kv/db#password")).toEqual({
      scheme: "vault",
      path: "kv/db#password",
    });
    expect(parseSecretReference("secret://env/DB")).toEqual({ scheme: "env", path: "DB" });
    expect(parseSecretReference("secret://file/run/secrets/a b")).toEqual({
      scheme: "file",
      path: "/run/secrets/a b",
    });
    for (const text of [
      "secret://env/",
      "secret://env/a-b",
      "secret://file",
      "x secret://env/A",
      "secret:env",
      "secret://vault/",
      "secret://vault/a b",
      "secret://vault/kv?version=2",
      "secret://Vault/kv",
    ]) {
      expect(parseSecretReference(text)).toBeUndefined();
    }
  });

  test("are replaced wherever they stand, and the secrets are told", async () => {
    using dir = tempDir();
    const file = dir.write("db", "from file\r\n");
    const { value, secrets, short } = await resolveSecrets(
      {
        a: "secret://env/A",
        list: [{ b: `secret://file${file}` }, 1, null, true],
        plain: "x",
        empty: "secret://env/E",
        pin: "secret://env/PIN",
        vault: "secret://vault/kv/db",
      },
      machineSecrets({ A: "from env", E: "", PIN: "123" }, (scheme, path) =>
        Promise.resolve(`${path} of ${scheme}`),
      ),
    );
    expect(value).toEqual({
      a: "from env",
      list: [{ b: "from file" }, 1, null, true],
      plain: "x",
      empty: "",
      pin: "123",
      vault: "kv/db of vault",
    });
    expect(secrets).toEqual(["from env", "from file", "123", "kv/db of vault"]);
    expect(short).toEqual(["secret://env/PIN"]);
  });

  test("that can't be resolved are all named in one error with their places, without any secret", async () => {
    const thrown: unknown = await resolveSecrets(
      { a: "secret://env/A", b: "secret://env/B", c: ["secret://file/no/such", "secret://vault/x"] },
      machineSecrets({ A: "c4n4ry" }),
      { b: "p.conf:3:4" },
    ).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(CairnError);
    const { code, message } = thrown as CairnError;
    expect(code).toBe("SECRET_UNRESOLVED");
    expect(message).toBe(
      'Cannot resolve secrets: secret://env/B (p.conf:3:4): the environment variable B is not set; secret://file/no/such: there is no such file; secret://vault/x: there is no secret provider "vault"',
    );
  });

  test("to files without end are refused within bounds", async () => {
    const resolving = resolveSecrets("secret://file/dev/zero", machineSecrets({}));
    expect(await resolving.catch(messageOf)).toContain("more than 1048576 bytes");
  });
});

describe("a configuration that is shown", () => {
  const CANARY = "c4n4ry";
  const text = `
db { user = bob, password = ${CANARY}1, url = "postgres://bob:${CANARY}2@db/x" }
pipeline {
  pipeline-name = p
  redact = [ssn]
  checkpoint.store { api-key = ${CANARY}3 }
  hooks = [ { type = x.Slack, webhook-token = ${CANARY}4 } ]
  pipeline-components = [
    { instance-type = t, instance-name = a
      instance-config { nested = [ { secret = ${CANARY}5, "a.b" = 1.50 } ], ssn = 123456, pw.password = \${?PW}, ref = "secret://env/DB" } }
  ]
}
spark.config { "spark.hadoop.fs.s3a.secret.key" = ${CANARY}6 }
spark.connect-string = "sc://h:1/;token=${CANARY}7"
`;

  test("holds no secret, in no form", async () => {
    const { root, ...pipeline } = await pipelineOf(text, { env: { PW: `${CANARY}8` } });
    const redactor = redactorFor(pipeline);
    const shown = JSON.stringify([showConfig(root, redactor), configOrigins(root, redactor)]);
    expect(shown).not.toContain(CANARY);
    expect(shown).not.toContain("123456");
    expect(shown).toContain("secret://env/DB");
    const paths = configOrigins(root, redactor).map(({ path }) => path);
    for (const path of [...paths, "db", "pipeline", "pipeline.hooks.0", "spark"]) {
      expect(JSON.stringify(explainValue(root, path, redactor))).not.toContain(CANARY);
    }
  });

  test("has the place and the way of each value, by paths that can be asked for", async () => {
    const { root } = await pipelineOf(text, { env: { PW: "x" } });
    const origins = configOrigins(root, createRedactor());
    const find = (path: string): unknown => origins.find((each) => each.path === path);
    expect(find('pipeline.pipeline-components.0.instance-config.nested.0."a.b"')).toMatchObject({
      value: 1.5,
      place: { file: "daily.conf", line: 10 },
      steps: [],
    });
    expect(find("pipeline.pipeline-components.0.instance-config.pw.password")).toMatchObject({
      value: "***REDACTED***",
      steps: [{ kind: "substitution" }, { kind: "environment", detail: "PW" }],
    });
    for (const { path, value } of origins) {
      const explained = explainValue(root, path, createRedactor());
      expect(explained).toMatchObject({ ok: true, explanation: { value } });
    }
  });

  test("--set is told without its value, in findings as well", async () => {
    const set = [
      { path: "db.password", value: `"${CANARY} two words"` },
      { path: "pipeline.max-parallel", value: "2" },
    ];
    const { root } = await pipelineOf(text, { set });
    const explained = explainValue(root, "db.password", createRedactor());
    expect(explained).toMatchObject({
      explanation: { steps: [{ kind: "set", detail: "db.password" }, { kind: "override" }] },
    });
    expect(JSON.stringify(configOrigins(root, createRedactor()))).not.toContain(CANARY);
    const { findings } = await loadText(text, {
      set: [{ path: "pipeline.retry-policy.password", value: `${CANARY} two` }],
    });
    expect(findingsToText(findings)).toContain('unknown key "password"');
    expect(JSON.stringify(findings)).not.toContain(CANARY);
  });

  test("a path that leads nowhere is answered with the nearest one", async () => {
    const { root } = await pipelineOf(text);
    const hint = (path: string): readonly unknown[] | undefined => {
      const explained = explainValue(root, path, createRedactor());
      return explained.ok ? undefined : [explained.message, explained.hint];
    };
    expect(hint("pipeline.hook.0.type")).toEqual([
      "the configuration has no value at pipeline.hook.0.type",
      "Did you mean pipeline.hooks.0.type?",
    ]);
    expect(hint("pipeline.hooks.7")).toEqual([
      "the configuration has no value at pipeline.hooks.7",
      "pipeline.hooks is a list of 1, numbered from 0.",
    ]);
    expect(hint("pipeline.checkpoint.max-resumes")?.[1]).toMatch(
      /^It is not set, so its default holds, 20: /,
    );
    expect(hint("pipeline.timeout")?.[1]).toMatch(/^It is not set, and has no default: /);
    expect(hint("pipeline.hooks.7.critical")?.[1]).toContain("numbered from 0");
    expect(hint("a..b")).toEqual([expect.stringContaining("a..b is no path"), expect.anything()]);
    const whole = explainValue(root, "db", createRedactor());
    expect(whole.ok && whole.explanation.keys).toEqual(["user", "password", "url"]);
  });

  test("names under pipeline.redact are masked in findings too, whatever else is wrong", async () => {
    const { findings } = await loadText(pipelineText("redact = [ssn], fail-fast = maybe, ssn = c4n4ry"));
    const shown = findingsToText(findings);
    expect(shown).toContain("CONFIG_WRONG_TYPE");
    expect(shown).not.toContain("c4n4ry");
  });
});
