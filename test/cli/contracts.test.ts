import { expect, test } from "bun:test";
import { runCairn, type TempDir, tempDir } from "../kit/mod.ts";
import { expectGolden } from "./expect-golden.ts";

const EXTRACT = `import { defineComponent } from "cairn";

export default defineComponent({
  description: "Reads the day's orders.",
  output: [
    { name: "id", type: "long", nullable: false, description: "The order's number." },
    { name: "amount", type: "double" },
    { name: "note", type: "string" },
  ],
  run: () => ({ id: 1, amount: 2.5, note: null }),
});
`;

const LOAD = `import { defineComponent, v } from "cairn";

export default defineComponent({
  description: "Loads what came before.",
  config: v.object({ table: v.string() }),
  input: [
    { name: "id", type: "bigint", nullable: false },
    { name: "amount", type: "decimal(10,2)", nullable: false },
    { name: "note", type: "VARCHAR" },
    { name: "curency", type: "string" },
  ],
  output: ({ table }) => [{ name: table, type: "long" }],
  run: ({ config }) => ({ [config.table]: 3 }),
});
`;

const SAY = "export default ({ log }) => log.info('done');\n";

function scene(validation: string): TempDir {
  const dir = tempDir("cairn-contracts-");
  dir.write("plugins/etl/Extract.ts", EXTRACT);
  dir.write("plugins/etl/Load.ts", LOAD);
  dir.write("plugins/etl/Say.ts", SAY);
  dir.write(
    "daily.conf",
    `pipeline {
  pipeline-name = "Daily"
  schema-validation { ${validation} }
  pipeline-components = [
    { instance-type = "etl.Extract", instance-name = "Extract(orders)", instance-config {} }
    { instance-type = "etl.Load", instance-name = "Load(orders)", instance-config { table = orders } }
    { instance-type = "etl.Say", instance-name = "Say", instance-config {} }
    { instance-type = "etl.Load", instance-name = "Load(again)", instance-config { table = again }
      depends-on = ["Say", "Extract(orders)"] }
  ]
}
`,
  );
  return dir;
}

const SCENES: readonly (readonly [name: string, validation: string, code: number])[] = [
  ["contracts", "enabled = true", 2],
  ["contracts-strict", "enabled = true, strict = true", 2],
  ["contracts-fail-on-warning", "enabled = true, fail-on-warning = true", 2],
  ["contracts-unknown-key", "enabled = true, stric = true", 2],
  ["contracts-off", "strict = true, fail-on-warning = true", 0],
];

for (const [name, validation, code] of SCENES) {
  test(`validate says of contracts with { ${validation} } what golden/${name}.txt says`, async () => {
    using dir = scene(validation);
    const ran = await runCairn(["validate", "daily.conf"], { cwd: dir.path });
    expect(ran.code).toBe(code);
    await expectGolden(name, dir, ran);
  });
}

test("run refuses with the same findings, and --set turns the checks on and off", async () => {
  using dir = scene("enabled = false");
  const off = await runCairn(["run", "daily.conf", "-q"], { cwd: dir.path });
  expect(off.code).toBe(0);
  const on = ["--set", "pipeline.schema-validation.enabled=true"];
  const ran = await runCairn(["run", "daily.conf", ...on], { cwd: dir.path });
  expect(ran.code).toBe(2);
  const validated = await runCairn(["validate", "daily.conf", ...on], { cwd: dir.path });
  const [findings = ""] = ran.stderr.split("error: Cannot run");
  expect(findings).toContain("[CONTRACT_MISMATCH]");
  expect(validated.stdout).toStartWith(findings);
});

test("plugins show names the fields of contracts", async () => {
  using dir = scene("enabled = false");
  const text = await runCairn(["plugins", "show", "etl.Extract"], { cwd: dir.path });
  await expectGolden("contracts-show", dir, text);
  const load = await runCairn(["plugins", "show", "etl.Load"], { cwd: dir.path });
  expect(load.stdout).toContain("what its configuration says");
  const json = await runCairn(["plugins", "show", "etl.Load", "--format=json"], { cwd: dir.path });
  expect(JSON.parse(json.stdout)).toMatchObject({
    input: {
      byConfiguration: false,
      fields: [
        { name: "id", type: "bigint", nullable: false, description: null },
        { name: "amount" },
        { name: "note", nullable: true },
        { name: "curency" },
      ],
    },
    output: { byConfiguration: true, fields: [] },
  });
  const say = await runCairn(["plugins", "show", "etl.Say", "--format=json"], { cwd: dir.path });
  expect(JSON.parse(say.stdout)).toMatchObject({ input: null, output: null });
});
