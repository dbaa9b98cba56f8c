import { expect, test } from "bun:test";
import { openHooks } from "../../src/plugin/mod.ts";
import { defineHooks, type HooksDefinition, type PipelineHooks } from "../../src/sdk/mod.ts";

/** What opening throws. */
async function refusal(definition: HooksDefinition): Promise<unknown> {
  try {
    await openHooks("com.example.Tell", definition, {});
  } catch (thrown) {
    return thrown;
  }
  throw new Error("they opened");
}

/** Hooks as somebody may write them who likes classes. */
class Counter implements PipelineHooks {
  #runs: number = 0;
  readonly seen: number[] = [];
  beforePipeline(): void {
    this.seen.push(++this.#runs);
  }
}

test("hooks open with their settings and have the type as their name", async () => {
  const definition = defineHooks({
    open: (settings) => ({ critical: true, beforePipeline() {}, ...settings }),
  });
  const hooks = await openHooks("com.example.Tell", definition, { name: "mine" });
  expect([hooks.name, hooks.critical, typeof hooks.beforePipeline]).toEqual(["mine", true, "function"]);
  expect((await openHooks("com.example.Tell", definition, {})).name).toBe("com.example.Tell");
});

test("an instance of a class works, with its private fields", async () => {
  const counter = new Counter();
  const hooks = await openHooks("com.example.Counter", defineHooks({ open: () => counter }), {});
  await hooks.beforePipeline?.({} as never);
  await hooks.beforePipeline?.({} as never);
  expect(counter.seen).toEqual([1, 2]);
  expect(hooks.afterPipeline).toBeUndefined();
});

test("hooks whose open throws say so", async () => {
  const definition = defineHooks({ open: () => Promise.reject(new Error("no such channel")) });
  expect(await refusal(definition)).toMatchObject({
    code: "HOOKS_OPEN_FAILED",
    message: 'Cannot open the hooks "com.example.Tell": no such channel',
  });
});

test.each([
  [{ beforPipeline() {} }, 'defineHooks does not know the key "beforPipeline"'],
  [{ onCheckpoint: "x" }, 'defineHooks needs "onCheckpoint", a function'],
  [undefined, "defineHooks was given undefined"],
])("%#: what open gives has to be hooks", async (given, state) => {
  const definition = defineHooks({ open: () => given as never });
  expect(await refusal(definition)).toMatchObject({
    code: "PLUGIN_DEFINITION_INVALID",
    message: `Cannot define a plugin: ${state}`,
  });
});
