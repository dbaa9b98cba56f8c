import { expect, test } from "bun:test";
import { redactFindings } from "../../src/base/mod.ts";

function redactLine(sourceLine: string, message = "m"): readonly (string | undefined)[] {
  const place = { file: "f", line: 1, column: 1, length: 1 };
  const [finding] = redactFindings([{ severity: "error", code: "X", message, place, sourceLine }], ["pin"]);
  return [finding?.sourceLine, finding?.message];
}

test.each([
  ['  password = "hunter2", x = 1', '  password = "*******", x = 1'],
  ["password: hunter two # why", "password: ********** # why"],
  ['{"apiKey":"abc","n":1}', '{"apiKey":"***","n":1}'],
  ['db.pass-word = x, db."secret-key" = yz', 'db.pass-word = x, db."secret-key" = **'],
  ["pin = 1234", "pin = ****"],
  ['url = "postgres://bob:pw@db/x"', 'url = "postgres://bob:**@db/x"'],
  ['password = "unclosed', 'password = "********'],
  ['token = """a"b', 'token = """***'],
  ['password = "secret://env/DB"', 'password = "secret://env/DB"'],
  ["password = ${DB_PASSWORD}", "password = ${DB_PASSWORD}"],
  ["max-retries = three", "max-retries = three"],
])("a source line %s is shown as %s", (given, shown) => {
  expect(redactLine(given)[0]).toBe(shown);
  expect(given).toHaveLength(shown.length);
});

test("a message that quotes the secret loses it too", () => {
  expect(redactLine("password = hunter2 = x", 'unexpected "hunter2 = x" here')[1]).toBe(
    'unexpected "***REDACTED***" here',
  );
});

test("the chain and the name of an included URL lose secrets too", () => {
  const place = { file: "https://bob:hunter2@host/base.conf", line: 1, column: 1, length: 1 };
  const chain = [
    "given by --set db.password=hunter two",
    "included from https://bob:hunter2@host/a.conf:1:1",
  ];
  const findings = redactFindings([{ severity: "error", code: "X", message: "m", place, chain }]);
  expect(JSON.stringify(findings)).not.toContain("hunter");
  expect(findings[0]?.place?.file).toBe("https://bob:*******@host/base.conf");
});
