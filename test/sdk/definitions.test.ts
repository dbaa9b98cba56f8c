import { describe, expect, expectTypeOf, test } from "bun:test";
import { type CairnError, type JsonObject, type JsonValue, messageOf } from "../../src/base/mod.ts";
import {
  type ComponentContext,
  defineCheckpointStore,
  defineComponent,
  defineHooks,
  type HooksDefinition,
  type StoreDefinition,
  v,
} from "../../src/sdk/mod.ts";
import { openMemoryObjects, openMemoryStore } from "../../src/store/mod.ts";

/** Message and hint of the error that a call throws. */
function refusal(call: () => unknown): readonly [string, string | undefined] {
  try {
    call();
  } catch (thrown) {
    const error = thrown as CairnError;
    expect([error.code, error.kind]).toEqual(["PLUGIN_DEFINITION_INVALID", "config"]);
    return [error.message, error.hint];
  }
  throw new Error("it was accepted");
}

/** Definitions as JavaScript authors may write them. */
const loose = defineComponent as (options: unknown) => unknown;
const looseHooks = defineHooks as (options: unknown) => unknown;
const looseStore = defineCheckpointStore as (options: unknown) => StoreDefinition;

describe("defineComponent", () => {
  test("knows the type of its configuration from the schema", async () => {
    const component = defineComponent({
      description: "Doubles.",
      config: v.object({
        sourcePath: v.string(),
        batchSize: v.optional(v.number(), 1000),
        tags: v.array(v.string()),
      }),
      run(context) {
        expectTypeOf(context.config).toEqualTypeOf<{
          sourcePath: string;
          batchSize: number;
          tags: string[];
        }>();
        return { rows: context.config.batchSize * 2 };
      },
    });
    expect([component.kind, component.description]).toEqual(["component", "Doubles."]);
    const config = { sourcePath: "a", batchSize: 4, tags: [] };
    expect(await component.run({ config } as unknown as ComponentContext<typeof config>)).toEqual({
      rows: 8,
    });
  });

  test("gives JSON as it is where there is no schema", () => {
    const component = defineComponent({
      async run({ config, step }) {
        expectTypeOf(config).toEqualTypeOf<JsonObject>();
        const files = await step("list", () => ["a", "b"]);
        expectTypeOf(files).toEqualTypeOf<string[]>();
      },
    });
    expect(component.config).toBeUndefined();
  });

  test.each([
    [undefined, "defineComponent was given undefined", "Give it one object."],
    [() => {}, "defineComponent was given function", "Give it one object."],
    [{}, 'defineComponent needs "run", a function', "Add run(…) { … } to the definition."],
    [{ run() {}, configs: {} }, 'defineComponent does not know the key "configs"', 'Did you mean "config"?'],
    [
      { run() {}, zzzzz: 1 },
      'defineComponent does not know the key "zzzzz"',
      "Its keys are description, config, input, output, files, run.",
    ],
    [
      { run() {}, description: 1 },
      'defineComponent needs "description" to be a text',
      'Write description: "…".',
    ],
    [
      { run() {}, config: { path: "string" } },
      'defineComponent needs "config" to be a valibot schema',
      'Build it with v of "cairn": config: v.object({ … }).',
    ],
    [
      { run() {}, config: v.objectAsync({ path: v.string() }) },
      'defineComponent was given an asynchronous schema as "config" (object)',
      "Check what needs waiting for in the component itself; a schema only looks at values.",
    ],
  ] as [unknown, string, string][])("%#: a wrong definition is refused", (options, state, hint) => {
    expect(refusal(() => loose(options))).toEqual([`Cannot define a plugin: ${state}`, hint]);
  });
});

describe("defineHooks", () => {
  test("takes the hook points themselves", () => {
    const hooks = { name: "mine", critical: true, beforePipeline() {} };
    const definition: HooksDefinition = defineHooks(hooks);
    expect(definition.kind).toBe("hooks");
    expect(definition.open({})).toBe(hooks);
  });

  test("takes a schema and a function that makes them", async () => {
    const seen: string[] = [];
    const definition = defineHooks({
      description: "Tells a channel.",
      config: v.object({ channel: v.string() }),
      open: ({ channel }) => ({ afterPipeline: (run) => void seen.push(`${channel}: ${run.status}`) }),
    });
    const hooks = await definition.open({ channel: "#etl" });
    await hooks.afterPipeline?.({ status: "completed" } as never);
    expect(seen).toEqual(["#etl: completed"]);
    expect(definition.description).toBe("Tells a channel.");
  });

  test.each([
    [
      { beforPipeline() {} },
      'defineHooks does not know the key "beforPipeline"',
      'Did you mean "beforePipeline"?',
    ],
    [
      { onCheckpoint: 1 },
      'defineHooks needs "onCheckpoint", a function',
      "Add onCheckpoint(…) { … } to the definition.",
    ],
    [null, "defineHooks was given null", "Give it one object."],
    [{ open: 1 }, 'defineHooks needs "open", a function', "Add open(…) { … } to the definition."],
  ] as [unknown, string, string][])("%#: wrong hooks are refused", (options, state, hint) => {
    expect(refusal(() => looseHooks(options))).toEqual([`Cannot define a plugin: ${state}`, hint]);
  });
});

describe("defineCheckpointStore", () => {
  test("knows the type of its configuration, and fills in what a test leaves out", async () => {
    const store = defineCheckpointStore({
      scheme: "redis",
      config: v.object({ database: v.optional(v.number(), 0) }),
      open({ location, config, leaseMs, singleWriter, env }) {
        expectTypeOf(config).toEqualTypeOf<{ database: number }>();
        throw new Error(JSON.stringify([location, config.database, leaseMs, singleWriter, env]));
      },
    });
    expect([store.kind, store.scheme]).toEqual(["store", "redis"]);
    const opening = store.open({ location: "redis://x", config: { database: 3 } });
    expect(await opening.then(String, messageOf)).toBe('["redis://x",3,300000,false,{}]');
  });

  test("makes a whole store of five operations", async () => {
    const store = defineCheckpointStore({ scheme: "mem", open: () => openMemoryObjects() });
    const opened = await store.open({ location: "mem:x", config: {} });
    expect(await opened.append("log", 1, '{"seq":1,"x":1}')).toEqual({ taken: false });
    expect(await opened.append("log", 1, '{"seq":1,"x":2}')).toEqual({
      taken: true,
      present: '{"seq":1,"x":1}',
    });
    expect(opened.can.lease).toBe("timed");
    await opened.close();
  });

  test.each([
    [undefined, "gave no store"],
    [{}, "gave no store"],
    [{ append() {}, read() {} }, 'gave a store without "last", "logs"'],
    [{ ...openMemoryObjects(), list: 1 }, 'gave a store without "list"'],
  ] as [unknown, string][])("%#: what is no store is refused", async (given, state) => {
    const opening = looseStore({ scheme: "mem", open: () => given }).open({ location: "mem:x", config: {} });
    expect(await opening.then(String, messageOf)).toContain(state);
  });

  test("what a plugin's store throws, or answers wrongly, is an error of the store", async () => {
    const answers = { append: () => undefined, read: () => Promise.reject(new Error("boom")) };
    const memory = openMemoryStore();
    const given = new Proxy(memory, {
      get: (target, name) => Reflect.get(answers, name) ?? Reflect.get(target, name),
    });
    const opened = await looseStore({ scheme: "mem", open: () => given }).open({
      location: "mem:x",
      config: {},
    });
    const caught = (work: Promise<unknown>): Promise<unknown> =>
      work.then(String, (thrown: unknown) => thrown);
    expect(await caught(opened.append("log", 1, '{"seq":1,"x":1}'))).toMatchObject({
      code: "STORE_BAD_ANSWER",
    });
    expect(await caught(opened.read("log"))).toMatchObject({
      code: "STORE_IO",
      message: 'The checkpoint store "memory" failed (read): boom',
    });
  });

  test.each([["Redis"], ["r"], ["redis://"], [""], ["1redis"]])("refuses %j as a scheme", (scheme) => {
    expect(refusal(() => looseStore({ scheme, open() {} }))).toEqual([
      `Cannot define a plugin: defineCheckpointStore needs "scheme", a URI scheme in lower case; it is ${JSON.stringify(scheme)}`,
      'Write scheme: "redis" for locations like redis://….',
    ]);
  });
});

test("what components may return is JSON or nothing", () => {
  expectTypeOf<ReturnType<ReturnType<typeof defineComponent>["run"]>>().toEqualTypeOf<
    JsonValue | void | Promise<JsonValue | void>
  >();
});
