import { describe, expect, test } from "bun:test";
import { findingsText, loadText, pipelineText } from "./load.ts";

describe("what is said of", () => {
  test("a missing key: at the block that should hold it, with its meaning", async () => {
    expect(await findingsText(pipelineText("", "{ instance-name = Load }"))).toBe(
      `daily.conf:6:5: error: instance-type is missing in component 2 "Load" [CONFIG_MISSING_KEY]
  6 |     { instance-name = Load }
    |     ^
  hint: Add instance-type (type name): the plugin or built-in that does the work, e.g. com.example.Extract
`,
    );
  });

  test("an unknown key: the nearest valid one", async () => {
    expect(await findingsText(pipelineText("checkpoint { auto-resum = true }"))).toBe(
      `daily.conf:3:16: error: unknown key "auto-resum" in pipeline.checkpoint [CONFIG_UNKNOWN_KEY]
  3 |   checkpoint { auto-resum = true }
    |                ^^^^^^^^^^
  hint: Did you mean auto-resume?
`,
    );
  });

  test("a camelCase key: its kebab-case spelling", async () => {
    expect(await findingsText(pipelineText("retry-policy.maxRetries = 3"))).toContain(
      "Did you mean max-retries?",
    );
  });

  test("the beginning of a key: the key", async () => {
    expect(await findingsText(pipelineText("retry-policy.jitter = 0"))).toBe(
      `daily.conf:3:3: error: unknown key "jitter" in retry-policy of pipeline [CONFIG_UNKNOWN_KEY]
  3 |   retry-policy.jitter = 0
    |   ^^^^^^^^^^^^^^^^^^^
  hint: Did you mean jitter-factor?
`,
    );
  });

  test("a key of another block: where it belongs", async () => {
    expect(await findingsText(pipelineText("auto-resume = true"))).toContain(
      "hint: auto-resume belongs in pipeline.checkpoint.\n",
    );
  });

  test("a key like no other: the known ones", async () => {
    expect(await findingsText(`spark.xyz = 1, ${pipelineText("")}`)).toContain(
      'error: unknown key "xyz" in spark [CONFIG_UNKNOWN_KEY]',
    );
    expect(await findingsText(`spark.xyz = 1, ${pipelineText("")}`)).toContain(
      "hint: Known keys: app-name, master, connect-string, config.\n",
    );
  });

  test("an unknown key and a wrong value in schema-validation", async () => {
    const said = await findingsText(pipelineText("schema-validation { enable = true, strict = 3 }"));
    expect(said).toContain('unknown key "enable" in schema-validation of pipeline [CONFIG_UNKNOWN_KEY]');
    expect(said).toContain("hint: Did you mean enabled?");
    expect(said).toContain(
      "strict in schema-validation of pipeline: expected true or false, found the number 3",
    );
  });

  test("a wrong type: what was expected and found", async () => {
    expect(await findingsText(pipelineText("checkpoint = /data"))).toBe(
      `daily.conf:3:16: error: checkpoint in pipeline: expected an object, found the string "/data" [CONFIG_WRONG_TYPE]
  3 |   checkpoint = /data
    |                ^^^^^
`,
    );
    expect(await findingsText(pipelineText("plugins = [a, {}, [b]]"))).toContain(
      "plugins in pipeline, item 2: expected a string",
    );
  });

  test("a value out of bounds", async () => {
    expect(await findingsText(pipelineText("max-parallel = 0"))).toBe(
      `daily.conf:3:18: error: max-parallel in pipeline must be at least 1, found 0 [CONFIG_BAD_VALUE]
  3 |   max-parallel = 0
    |                  ^
`,
    );
    for (const [keys, message] of [
      ["retry-policy.max-retries = 1.5", "must be a whole number, found 1.5"],
      ["retry-policy.jitter-factor = 2", "must be from 0 to 1, found 2"],
      ["retry-policy.backoff-multiplier = 1e999", "must be a finite number, found Infinity"],
      ["timeout = 0 s", "timeout in pipeline must be longer than zero"],
      ['pipeline-name = " "', "pipeline-name in pipeline must not be empty"],
    ] as const) {
      expect(await findingsText(pipelineText(keys))).toContain(message);
    }
  });

  test("a word that is none of the allowed ones", async () => {
    expect(await findingsText(pipelineText("checkpoint.on-config-change = rern"))).toBe(
      `daily.conf:3:33: error: on-config-change in pipeline.checkpoint must be one of refuse, rerun, accept, found "rern" [CONFIG_BAD_VALUE]
  3 |   checkpoint.on-config-change = rern
    |                                 ^^^^
  hint: Did you mean rerun?
`,
    );
  });

  test("an instance-type that is no type name", async () => {
    expect(await findingsText(pipelineText("", '{ instance-type = "../x", instance-name = b }'))).toContain(
      'instance-type in component 2 "b" must be a type name such as com.example.Extract, found "../x"',
    );
  });

  test("a component that is no object", async () => {
    expect(await findingsText(pipelineText("", "com.example.Load"))).toContain(
      "daily.conf:6:5: error: component 2: expected an object, found the string",
    );
  });

  test("a hook without a type", async () => {
    expect(await findingsText(pipelineText("hooks = [ { path = x } ]"))).toContain(
      "daily.conf:3:13: error: type is missing in hook 1 [CONFIG_MISSING_KEY]",
    );
  });

  test("a file without the block pipeline: the key that was probably meant", async () => {
    expect(await findingsText("pipelines { pipeline-name = x }")).toBe(
      `daily.conf:1:1: error: the block pipeline is missing [CONFIG_MISSING_KEY]
  1 | pipelines { pipeline-name = x }
    | ^^^^^^^^^
  hint: Rename pipelines to pipeline, if that is what it is.
`,
    );
    expect(await findingsText("")).toContain("the block pipeline is missing");
  });

  test("a Spark property that stands twice, or is none", async () => {
    const text = await findingsText(`spark.config { "a.b" = 1, a { b = 2 }, c = [1] }\n${pipelineText("")}`);
    expect(text).toContain("a.b stands twice in spark.config, quoted and nested [CONFIG_DUPLICATE_KEY]");
    expect(text).toContain("c in spark.config: expected a string");
  });

  test("an empty pipeline: a warning, and it may run", async () => {
    const loaded = await loadText("pipeline { pipeline-name = p, pipeline-components = [] }");
    expect(loaded.pipeline?.components).toEqual([]);
    expect(loaded.findings.map(({ severity, code }) => [severity, code])).toEqual([
      ["warning", "CONFIG_NO_COMPONENTS"],
    ]);
  });
});

describe("names and depends-on", () => {
  const of = (name: string, dependsOn?: string): string =>
    `{ instance-type = t, instance-name = ${name}${dependsOn === undefined ? "" : `, depends-on = [${dependsOn}]`} }`;

  test("an unknown name: at the very name, with the nearest one", async () => {
    expect(await findingsText(pipelineText("", of("Load", '"Extract(orders)", "Extract(order)"')))).toBe(
      `daily.conf:6:77: error: depends-on of component 2 "Load" names "Extract(order)", and no component has that name [CONFIG_UNKNOWN_DEPENDENCY]
  6 |     { instance-type = t, instance-name = Load, depends-on = ["Extract(orders)", "Extract(order)"] }
    |                                                                                 ^^^^^^^^^^^^^^^^
  hint: Did you mean "Extract(orders)"?
`.replace(":77:", ":81:"),
    );
  });

  test("a duplicate name is a warning, and an error where it is depended on", async () => {
    const warned = await loadText(pipelineText("", `${of("a")}\n${of("a")}`));
    expect(warned.pipeline).toBeDefined();
    expect(warned.findings.map(({ code, message }) => [code, message])).toEqual([
      ["CONFIG_DUPLICATE_NAME", 'instance-name "a" of component 3 is also that of component 2'],
    ]);
    expect(await findingsText(pipelineText("", `${of("a")}\n${of("a")}\n${of("b", "a")}`))).toContain(
      'error: depends-on of component 4 "b" names "a", and components 2 and 3 have that name [CONFIG_AMBIGUOUS_DEPENDENCY]',
    );
  });

  test("components that wait for each other, also by their order in the file", async () => {
    expect(
      await findingsText(pipelineText("", `${of("a", "b")}\n${of("b", "c")}\n${of("c", "a")}`)),
    ).toContain("components wait for each other: a → b → c → a [CONFIG_DEPENDENCY_CYCLE]");
    expect(await findingsText(pipelineText("", `${of("a", "b")}\n${of("b")}`))).toContain(
      "components wait for each other: a → b → a",
    );
    expect(await findingsText(pipelineText("", of("a", "a")))).toContain(
      "components wait for each other: a → a",
    );
  });

  test("two separate circles are two findings, and a long one is shortened", async () => {
    const separate = await loadText(
      pipelineText("", `${of("a", "b")}\n${of("b", "a")}\n${of("c", "d")}\n${of("d", "c")}`),
    );
    expect(separate.findings).toHaveLength(2);
    const long = Array.from({ length: 50 }, (_, index) => of(`n${index}`, `n${(index + 1) % 50}`)).join("\n");
    expect(await findingsText(pipelineText("", long))).toContain("n0 → n1 → n2 → n3 → n4 → n5 → n6 → … → n0");
  });

  test("a component that is not enabled takes no part in the order; depending on it is a warning", async () => {
    const loaded = await loadText(
      pipelineText(
        "",
        `{ instance-type = t, instance-name = off, enabled = false, depends-on = [b] }\n${of("b", "off")}`,
      ),
    );
    expect(loaded.pipeline).toBeDefined();
    expect(loaded.findings.map(({ code }) => code)).toEqual(["CONFIG_DISABLED_DEPENDENCY"]);
  });

  test("a chain of 20,000 components is checked without recursion", async () => {
    const chain = Array.from({ length: 20_000 }, (_, index) =>
      of(`n${index}`, index === 19_999 ? "" : `n${index + 1}`),
    ).join("\n");
    expect((await loadText(pipelineText("", chain))).findings).toEqual([]);
  });
});

describe("secrets", () => {
  test("the original's spelling says what to write", async () => {
    expect(
      await findingsText(
        pipelineText(
          "",
          '{ instance-type = t, instance-name = b, instance-config { p = "${secret:env://DB}" } }',
        ),
      ),
    ).toBe(
      `daily.conf:6:67: error: \${secret:env://DB} is not how a secret is named here [CONFIG_SECRET_SYNTAX]
  6 |     { instance-type = t, instance-name = b, instance-config { p = "\${secret:env://DB}" } }
    |                                                                   ^^^^^^^^^^^^^^^^^^^^
  hint: Write "secret://env/DB".
`,
    );
  });

  test.each([
    ['"${secret:vault://a#b}"', "secret://SCHEME/… of a secret provider"],
    ['"secret://vault"', "is no reference to a secret"],
    ['"secret://env/1X"', "is no reference to a secret"],
    ['"x secret://env/A"', "a reference to a secret must be the whole value"],
    ["${secret:env://DB}", 'Write "secret://env/DB".'],
  ])("%s", async (value, message) => {
    const text = await findingsText(
      pipelineText("", `{ instance-type = t, instance-name = b, instance-config { p = ${value} } }`),
    );
    expect(text).toContain("[CONFIG_SECRET_SYNTAX]");
    expect(text).toContain(message);
  });

  test("that stand in the file are in no finding", async () => {
    const text = await findingsText(
      pipelineText(
        "password = c4n4ry, timeout = c4n4ry2 # x",
        "{ db-password = c4n4ry3, instance-type = t }",
      ),
    );
    expect(text).toContain("password = ******");
    expect(text).not.toContain("c4n4ry,");
    expect(text).not.toContain("c4n4ry3");
  });
});

test("everything that is wrong is said at once, sorted by place", async () => {
  const { findings, pipeline } = await loadText(`
spark { mastr = x }
pipeline {
  fail-fast = maybe
  checkpoint { enabledd = true, lease = soon }
  pipeline-components = [
    { instance-type = "a b", instance-name = "", timeout = -1 }
    { retry-policy { max-retries = many } }
  ]
}`);
  expect(pipeline).toBeUndefined();
  expect(findings.map(({ place, code }) => [place?.line, code])).toEqual([
    [2, "CONFIG_UNKNOWN_KEY"],
    [3, "CONFIG_MISSING_KEY"],
    [4, "CONFIG_WRONG_TYPE"],
    [5, "CONFIG_UNKNOWN_KEY"],
    [5, "CONFIG_BAD_VALUE"],
    [7, "CONFIG_BAD_VALUE"],
    [7, "CONFIG_BAD_VALUE"],
    [7, "CONFIG_BAD_VALUE"],
    [8, "CONFIG_MISSING_KEY"],
    [8, "CONFIG_MISSING_KEY"],
    [8, "CONFIG_WRONG_TYPE"],
  ]);
});

test("a file that is wrong in every line gives the first findings and their number", async () => {
  const lines = Array.from({ length: 2000 }, (_, index) => `k${index} = 1`).join("\n");
  const { findings } = await loadText(pipelineText(lines));
  expect(findings).toHaveLength(501);
  expect(findings.at(-1)?.message).toBe("there are 1500 more findings");
});
