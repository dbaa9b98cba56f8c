import { describe, expect, test } from "bun:test";
import { createRedactor, isSecretKey, isSecretReference, REDACTED } from "../../src/base/mod.ts";
import { seeded } from "../kit/mod.ts";

describe("a key's name", () => {
  test.each([
    "password",
    "dbPassword",
    "db-password",
    "PGPASSWORD",
    "db_pass",
    "passphrase",
    "secret",
    "client-secret",
    "AWS_SECRET_ACCESS_KEY",
    "fs.s3a.access.key",
    "fs.s3a.secret.key",
    "token",
    "api-token",
    "apiKey",
    "api_key",
    "APIKEY",
    "credentials",
    "private-key",
    "privateKey",
    "auth",
    "schema-registry-auth",
    "Authorization",
    "sasl-jaas-config",
    "ssl-truststore-password",
    "connection-string",
    "spark.hadoop.fs.azure.account.key",
  ])("%s holds a secret", (key) => expect(isSecretKey(key)).toBe(true));

  test.each([
    "author",
    "authority",
    "authentication",
    "key",
    "primary-key",
    "key-column",
    "monkey",
    "upsert-keys",
    "secretary",
    "tokenizer",
    "max-tokens",
    "pass-through",
    "bypass",
    "compass",
    "connect-string",
    "password-file",
    "token-url",
    "auth-type",
    "secret-name",
    "PWD",
    "",
    "日本語",
  ])("%s holds none", (key) => expect(isSecretKey(key)).toBe(false));

  test("more names are found as whole words, in every spelling, before all exceptions", () => {
    expect(isSecretKey("customerSsn", ["ssn"])).toBe(true);
    expect(isSecretKey("tax-number", ["tax number"])).toBe(true);
    expect(isSecretKey("password-file", ["password-file"])).toBe(true);
    expect(isSecretKey("lesson", ["ssn"])).toBe(false);
    expect(isSecretKey("anything", [""])).toBe(false);
  });
});

describe("texts", () => {
  const redactor = createRedactor();
  test.each([
    ["postgres://bob:hunter2@db/x", `postgres://bob:${REDACTED}@db/x`],
    ["https://ghp_token@github.com/x", `https://${REDACTED}@github.com/x`],
    ["see s3a://bucket/key and a@b.org", "see s3a://bucket/key and a@b.org"],
    ["sc://h:15002/;token=abc;user_id=7", `sc://h:15002/;token=${REDACTED};user_id=7`],
    ["jdbc:pg://h/db?user=u&password=p&ssl=true", `jdbc:pg://h/db?user=u&password=${REDACTED}&ssl=true`],
    ["Server=x;AccountKey=abc==;EndpointSuffix=y", `Server=x;AccountKey=${REDACTED};EndpointSuffix=y`],
    ['login failed (password="a b", user=bob)', `login failed (password=${REDACTED}, user=bob)`],
    ["Authorization: Bearer abcdefgh.ijkl", `Authorization: Bearer ${REDACTED}`],
    ["rows=12 key=7 author=me", "rows=12 key=7 author=me"],
    ["the token is missing", "the token is missing"],
  ])("%s", (given, expected) => expect(redactor.text(given)).toBe(expected));

  test("take linear time, whatever they hold", () => {
    for (const piece of ["a.", "://a:", "a=", "://", "password", "@", "a@a://"]) {
      const text = piece.repeat(50_000);
      expect(redactor.text(`${text}@ = ://`).length).toBeGreaterThan(0);
    }
  }, 10_000);
});

describe("known secrets", () => {
  test("are masked in every spelling", () => {
    const secret = 'h&nter"2\\x y/é';
    const redactor = createRedactor({ secrets: [secret] });
    for (const spelling of [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      encodeURIComponent(secret).toLowerCase(),
      new URLSearchParams({ a: secret }).toString().slice(2),
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("base64url"),
    ]) {
      expect(redactor.text(`<${spelling}>`)).toBe(`<${REDACTED}>`);
    }
  });

  test("are masked inside longer base64 texts at every alignment", () => {
    const secret = "correct-horse-battery";
    const redactor = createRedactor({ secrets: [secret] });
    for (const user of ["", "a", "ab", "abc", "abcd"]) {
      const masked = redactor.text(btoa(`${user}:${secret}:rest`));
      expect(masked).toContain(REDACTED);
      expect(atob(masked.split(REDACTED)[0] ?? "")).not.toContain("corr");
    }
  });

  test("of several lines are masked line by line", () => {
    const redactor = createRedactor({ secrets: ["-----BEGIN KEY-----\nMIIabcdefgh\n-----END KEY-----\n"] });
    expect(redactor.text("read MIIabcdefgh from disk")).toBe(`read ${REDACTED} from disk`);
  });

  test("that are very short are masked only as whole words", () => {
    const redactor = createRedactor({ secrets: ["xy"] });
    expect(redactor.text("xy oxygen")).toBe(`${REDACTED} oxygen`);
  });

  test("that contain each other are masked whole", () => {
    const redactor = createRedactor({ secrets: ["hunter2", "hunter2-long"] });
    expect(redactor.text("hunter2-long hunter2")).toBe(`${REDACTED} ${REDACTED}`);
  });

  test("can be learned later; empty ones mask nothing", () => {
    const redactor = createRedactor();
    redactor.learn(["", "late-secret"]);
    expect(redactor.text("a late-secret b")).toBe(`a ${REDACTED} b`);
  });
});

describe("JSON values", () => {
  const redactor = createRedactor({ keys: ["ssn"], secrets: ["known-secret"] });

  test("lose texts and numbers under secret keys, however deep; references and switches stay", () => {
    expect(
      redactor.json({
        auth: { user: "bob", retries: 3, enabled: true, list: ["a", null] },
        ssn: 123,
        "use-password": true,
        password: "secret://env/DB",
        plain: { key: 1, note: "has known-secret" },
      }),
    ).toEqual({
      auth: { user: REDACTED, retries: REDACTED, enabled: true, list: [REDACTED, null] },
      ssn: REDACTED,
      "use-password": true,
      password: "secret://env/DB",
      plain: { key: 1, note: `has ${REDACTED}` },
    });
  });

  test("keep hostile keys as ordinary ones", () => {
    const masked = redactor.json(JSON.parse('{"__proto__": {"password": "x"}, "constructor": 1}'));
    expect(JSON.stringify(masked)).toBe(`{"__proto__":{"password":"${REDACTED}"},"constructor":1}`);
  });

  test("never hold a canary, wherever it was put", () => {
    const random = seeded("redaction of JSON");
    const canary = "c4n4ry/+ value";
    const masker = createRedactor({ secrets: [canary] });
    const make = (depth: number): unknown => {
      const kind = random.int(depth === 0 ? 4 : 6);
      if (kind === 4) return Array.from({ length: random.int(4) }, () => make(depth - 1));
      if (kind === 5) {
        return Object.fromEntries(
          Array.from({ length: random.int(4) }, (_, index) => [
            random.pick(["a", "password", `k-${canary}`, "__proto__"]) + index,
            make(depth - 1),
          ]),
        );
      }
      return [canary, `x${canary}y`, `https://u:${canary}@h?q=${encodeURIComponent(canary)}`, btoa(canary)][
        kind
      ];
    };
    for (let round = 0; round < 300; round++) {
      const text = JSON.stringify(masker.json(JSON.parse(JSON.stringify(make(4)))));
      expect(text).not.toContain("c4n4ry");
      expect(text).not.toContain(btoa(canary));
    }
  });
});

test("a reference is a whole text", () => {
  expect(isSecretReference("secret://env/NAME")).toBe(true);
  expect(isSecretReference("secret://vault/a/b#c")).toBe(true);
  expect(isSecretReference("see secret://env/NAME")).toBe(false);
  expect(isSecretReference("secret://env/NAME and more")).toBe(false);
});

describe("where texts are cut", () => {
  const secret = "kanarienvogel";
  const redactor = createRedactor({ secrets: [secret, "a\nb line of it"] });

  test("no half of a secret escapes, wherever somebody cut it off", () => {
    expect(redactor.text("it said kanarien… (12 more); next")).toBe(`it said ${REDACTED}… (12 more); next`);
    expect(redactor.text("see kanarienvog…")).toBe(`see ${REDACTED}…`);
    expect(redactor.text("kan… kana… all")).toBe(`kan… ${REDACTED}… all`);
  });

  test("a place to cut is before a secret, or behind one that a text begins with", () => {
    const text = `${"x".repeat(10)}${secret}${"y".repeat(10)}`;
    for (let at = 1; at < text.length; at++) {
      const cut = redactor.cut(text, at);
      expect(redactor.text(text.slice(0, cut)) + redactor.text(text.slice(cut))).not.toMatch(/kana|ogel/u);
    }
    expect(redactor.cut(secret, 4)).toBe(secret.length);
    expect(redactor.margin).toBeGreaterThanOrEqual(secret.length);
    expect(createRedactor().margin).toBe(0);
  });
});

test("a secret in a longer base64 text that was broken into lines is masked, wherever the breaks fall", () => {
  const secret = 'kanari-"in-a-cage"-of-4711-bars';
  const redactor = createRedactor({ secrets: [secret] });
  for (let before = 0; before < 80; before++) {
    const config = JSON.stringify({ name: "x".repeat(before), password: secret, more: "y".repeat(60) });
    const lines =
      Buffer.from(config)
        .toString("base64")
        .match(/.{1,76}/gu) ?? [];
    const separately = lines.map((line) => redactor.text(line)).join("");
    const together = redactor.text(lines.join("\n"));
    for (const masked of [separately, together]) {
      const left = masked
        .split(REDACTED)
        .map((part) => Buffer.from(part.replaceAll("\n", ""), "base64").toString());
      expect([before, left.join("|")]).not.toEqual([
        before,
        expect.stringMatching(/kanari|in-a-cage|4711-b/u),
      ]);
      expect(masked).toContain(REDACTED);
    }
  }
});

test("known secrets and suspects differ: what may be a mere word is masked in texts, and kept in results", () => {
  const redactor = createRedactor({ secrets: ["s3cr3t-value"], suspects: ["kerberos"] });
  expect(redactor.text("s3cr3t-value by kerberos")).toBe(`${REDACTED} by ${REDACTED}`);
  expect(redactor.knownJson({ "s3cr3t-value": ["kerberos", "s3cr3t-value", 1] })).toEqual({
    [REDACTED]: ["kerberos", REDACTED, 1],
  });
});

test("a random secret is masked in every spelling, whatever surrounds it", () => {
  const random = seeded("spellings of secrets");
  const signs = Array.from("abcXYZ0189 -_./+=&%?#\"'\\<>äß日\n\t");
  for (let round = 0; round < 300; round++) {
    const secret = Array.from({ length: 6 + random.int(60) }, () => random.pick(signs)).join("");
    if (secret.trim().length < 6) continue;
    const redactor = createRedactor({ secrets: [secret] });
    const around = (text: string): string =>
      `${random.pick(["", "<", "key="])}${text}${random.pick(["", ">", "\n"])}`;
    const bytes = Buffer.from(secret);
    for (const spelling of [
      secret,
      JSON.stringify(secret).slice(1, -1),
      JSON.stringify(JSON.stringify(secret)).slice(3, -3),
      encodeURIComponent(secret),
      new URLSearchParams([["", secret]]).toString().slice(1),
      bytes.toString("base64"),
      bytes.toString("base64url"),
      bytes.toString("hex"),
      bytes.toString("hex").toUpperCase(),
    ]) {
      expect(redactor.text(around(spelling))).toContain(REDACTED);
      expect(redactor.text(around(spelling))).not.toContain(spelling);
    }
  }
});
