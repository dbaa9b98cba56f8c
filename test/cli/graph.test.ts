import { expect, test } from "bun:test";
import { runCairn, tempDir } from "../kit/mod.ts";

const FAN_IN = `pipeline {
  pipeline-name = "G \\"x\\""
  max-parallel = 3
  pipeline-components = [
    { instance-type = a.B, instance-name = "A(one)", depends-on = [] }
    { instance-type = a.B, instance-name = "B<two>", depends-on = [] }
    { instance-type = a.B, instance-name = "C", depends-on = ["A(one)", "B<two>"] }
    { instance-type = a.B, instance-name = "D", enabled = false }
    { instance-type = a.B, instance-name = "E" }
  ]
}
`;

async function graph(...flags: readonly string[]): Promise<string> {
  using dir = tempDir();
  const file = dir.write("daily.conf", FAN_IN);
  const result = await runCairn(["graph", file, ...flags]);
  expect(result.code, result.stderr).toBe(0);
  return result.stdout;
}

test("graph says what each component starts after, without loading a plugin", async () => {
  const text = await graph();
  expect(text).toMatch(/A\(one\) +a\.B +at once/);
  expect(text).toMatch(/C +a\.B +after A\(one\), B<two> completed/);
  expect(text).toMatch(/D +a\.B +never: not enabled/);
  expect(text).toMatch(/E +a\.B +after C\n/);
});

test("a Mermaid graph escapes names; dashed arrows only wait", async () => {
  const text = await graph("--format=mermaid");
  expect(text).toStartWith("flowchart LR\n");
  expect(text).toContain('c1["B#60;two#62;"]');
  expect(text).toContain("c0 --> c2\n");
  expect(text).toContain("c2 -.-> c4\n");
});

test("a DOT graph quotes names; dashed edges only wait", async () => {
  const text = await graph("--format=dot");
  expect(text).toStartWith('digraph "G \\"x\\"" {\n');
  expect(text).toContain("  c1 -> c2;\n");
  expect(text).toContain("  c2 -> c4 [style=dashed];\n");
});

test("the JSON document has the indexes of what each component comes after", async () => {
  const { version, components } = JSON.parse(await graph("--format=json")) as {
    version: number;
    components: { after: number[]; needsSuccess: boolean }[];
  };
  expect(version).toBe(1);
  expect(components.map(({ after }) => after)).toEqual([[], [], [0, 1], [], [2]]);
  expect(components.map(({ needsSuccess }) => needsSuccess)).toEqual([true, true, true, false, false]);
});
