import { expect, test } from "bun:test";
import { runCairn, type TempDir, tempDir } from "../kit/mod.ts";
import { writePlugins } from "./pipelines.ts";

/** Wrong in every phase that can go on after the one before: a variable, keys, types, a hook, components' settings. */
const WRONG = `pipeline {
  pipeline-name = "P"
  max-paralel = 2
  hooks = [
    { type = "adit", path = "x" }
    { type = "audit", pth = "x" }
  ]
  pipeline-components = [
    { instance-type = "etl.Work", instance-name = "A", timeout = soon, instance-config { batch-size = many } }
    { instance-type = "etl.Wrok", instance-name = "B" }
    { instance-type = "etl.Work", instance-config { source = \${NOT_SET}, batch-size = \${NOT_SET} } }
    { instance-type = "etl.Work", instance-name = "D", instance-config = 3 }
    { instance-type = "etl.Wrok", instance-name = "E", enabled = false, instance-config { batch-size = [] } }
  ]
}
`;

/** \`line CODE\` of each finding. */
function findingsOf(text: string): string[] {
  return [...text.matchAll(/^p\.conf:(\d+):\d+: (?:error|warning): [^[]*(?:.|\n)*?\[([A-Z_]+)\]$/gm)].map(
    ([, line, code]) => `${line} ${code}`,
  );
}

function scene(text: string): TempDir {
  const dir = tempDir("cairn-validate-");
  writePlugins(dir);
  dir.write("p.conf", text);
  return dir;
}

const EXPECTED = [
  "3 CONFIG_UNKNOWN_KEY",
  "5 PLUGIN_NOT_FOUND",
  "6 CONFIG_SCHEMA",
  "6 CONFIG_SCHEMA",
  "9 CONFIG_BAD_VALUE",
  "9 CONFIG_SCHEMA",
  "10 PLUGIN_NOT_FOUND",
  "11 CONFIG_MISSING_KEY",
  "11 HOCON_UNRESOLVED",
  "11 HOCON_UNRESOLVED",
  "12 CONFIG_WRONG_TYPE",
];

test("all phases run as far as they can, and their findings come together, sorted by place", async () => {
  using dir = scene(WRONG);
  const ran = await runCairn(["validate", "p.conf"], { cwd: dir.path });
  expect(ran.code).toBe(2);
  expect(findingsOf(ran.stdout)).toEqual(EXPECTED);
  expect(ran.stdout).toContain('Did you mean "audit"?');
});

for (const command of ["run", "plan"]) {
  test(`${command} refuses with the findings of validate`, async () => {
    using dir = scene(WRONG);
    const ran = await runCairn([command, "p.conf"], { cwd: dir.path });
    expect(ran.code).toBe(2);
    expect(ran.stdout).toBe("");
    expect(findingsOf(ran.stderr)).toEqual(EXPECTED);
    expect(ran.stderr).toContain(`its configuration has ${EXPECTED.length} errors`);
  });

  test(`${command} refuses a hook that can't be opened, and records nothing`, async () => {
    using dir = scene(`pipeline { pipeline-name = P, hooks = [ { type = audit } ], pipeline-components = [
  { instance-type = etl.Work, instance-name = A, instance-config {} } ] }
`);
    const ran = await runCairn([command, "p.conf", "--checkpoint=ck"], { cwd: dir.path });
    expect(ran.code).toBe(2);
    expect(findingsOf(ran.stderr)).toEqual(["1 CONFIG_SCHEMA"]);
    const kept = [...new Bun.Glob("ck/**").scanSync({ cwd: dir.path })];
    expect(kept.filter((name) => !name.endsWith(".lock"))).toEqual([]);
  });
}

test("values of variables that are not set here are passed over by every phase", async () => {
  using dir = scene(`pipeline { pipeline-name = P, timeout = \${LIMIT}
  hooks = [ { type = audit, path = \${AUDIT} } ]
  pipeline-components = [
    { instance-type = etl.Work, instance-name = A, instance-config { batch-size = \${SIZE} } } ] }
`);
  const ran = await runCairn(["validate", "--allow-unset-env", "p.conf"], { cwd: dir.path });
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain("0 errors, 3 warnings");
});

test("without plugins, only what needs none is checked", async () => {
  using dir = scene(WRONG);
  const ran = await runCairn(["validate", "--no-plugins", "p.conf"], { cwd: dir.path });
  expect(ran.code).toBe(2);
  expect(findingsOf(ran.stdout)).toEqual(EXPECTED.filter((each) => !/SCHEMA|PLUGIN/.test(each)));
});
