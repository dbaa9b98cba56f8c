import { expect, test } from "bun:test";
import { findingsToText } from "../../src/base/mod.ts";
import { judgedComponent, judgedHook, locateIssues } from "../../src/config/mod.ts";
import { pipelineOf, pipelineText } from "./load.ts";

const text = pipelineText(
  "hooks = [ { type = audit, pth = x } ]",
  `{ instance-type = t, instance-name = Load
      instance-config { fetch-size = many, list = [1, two], password = c4n4ry } }`,
);

test("what a schema says of a component stands at the value, under either spelling of its key", async () => {
  const { components } = await pipelineOf(text);
  const [without, load] = components;
  if (without === undefined || load === undefined) throw new Error("two components");
  const shown = findingsToText(
    locateIssues(judgedComponent(load), [
      { path: ["fetchSize"], message: 'expected a number, found "many"' },
      { path: ["list", 1], message: "expected a number" },
      { path: ["fetchsiz"], message: "is missing" },
      { path: ["fetch-size"], message: 'unknown key "fetch-size"', hint: "Known keys: a." },
    ]),
  );
  expect(shown)
    .toBe(`daily.conf:7:38: error: component 2 "Load": fetchSize: expected a number, found "many" [CONFIG_SCHEMA]
  7 |       instance-config { fetch-size = many, list = [1, two], password = ****** } }
    |                                      ^^^^
daily.conf:7:55: error: component 2 "Load": list.1: expected a number [CONFIG_SCHEMA]
  7 |       instance-config { fetch-size = many, list = [1, two], password = ****** } }
    |                                                       ^^^
daily.conf:7:23: error: component 2 "Load": fetchsiz: is missing [CONFIG_SCHEMA]
  7 |       instance-config { fetch-size = many, list = [1, two], password = ****** } }
    |                       ^
  hint: Is fetch-size meant to be fetchsiz?
daily.conf:7:25: error: component 2 "Load": fetch-size: unknown key "fetch-size" [CONFIG_SCHEMA]
  7 |       instance-config { fetch-size = many, list = [1, two], password = ****** } }
    |                         ^^^^^^^^^^
  hint: Known keys: a.
`);
});

test("a component without instance-config is marked itself", async () => {
  const { components } = await pipelineOf(text);
  const [without] = components;
  if (without === undefined) throw new Error("a component");
  const [finding] = locateIssues(judgedComponent(without), [{ path: ["path"], message: "is missing" }]);
  expect(finding).toMatchObject({
    place: { line: 5, column: 5 },
    sourceLine: expect.stringContaining("Extract"),
  });
});

test("what a schema says of a hook stands at its settings", async () => {
  const { hooks } = await pipelineOf(text);
  const [audit] = hooks;
  if (audit === undefined) throw new Error("a hook");
  const shown = findingsToText(
    locateIssues(judgedHook(audit), [
      { path: ["pth"], message: 'unknown key "pth"', hint: 'Did you mean "path"?' },
    ]),
  );
  expect(shown).toContain('daily.conf:3:29: error: hook 1 (audit): pth: unknown key "pth" [CONFIG_SCHEMA]');
});

test("values yet to come are not judged", async () => {
  const pipeline = await pipelineOf(
    pipelineText("", "{ instance-type = t, instance-name = b, instance-config { n = ${N}, m = x } }"),
    { allowUnsetEnv: true },
  );
  const [, component] = pipeline.components;
  if (component === undefined) throw new Error("a component");
  const issues = ["n", "m"].map((key) => ({ path: [key], message: "expected a number" }));
  const judged = { ...judgedComponent(component), placeholders: new Set(["${N}"]) };
  expect(locateIssues(judged, issues)).toHaveLength(1);
});
