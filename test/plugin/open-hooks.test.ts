import { expect, test } from "bun:test";
import { openHooks } from "../../src/plugin/mod.ts";
import { defineHooks, v } from "../../src/sdk/mod.ts";

const tell = defineHooks({
  config: v.object({ channelName: v.string() }),
  open: ({ channelName }) => {
    if (channelName === "bad") throw new Error("no such channel");
    return { name: channelName, beforePipeline() {} };
  },
});

test("hooks open with the settings of their entry", async () => {
  const opened = await openHooks("Tell", tell, { value: { "channel-name": "#etl" } });
  expect([opened.hooks?.name, opened.issues]).toEqual(["#etl", []]);
});

test("wrong settings are issues at their keys", async () => {
  const opened = await openHooks("Tell", tell, { value: { "chanel-name": "#etl" } });
  expect(opened).toEqual({
    hooks: undefined,
    issues: [
      { path: ["chanel-name"], message: 'unknown key "chanel-name"', hint: 'Did you mean "channel-name"?' },
      { path: ["channel-name"], message: 'the required key "channel-name" is missing' },
    ],
  });
});

test.each([
  [tell, { "channel-name": "bad" }, "HOOKS_OPEN_FAILED", 'Cannot open the hooks "Tell": no such channel'],
  [
    defineHooks({ open: () => ({ beforPipeline() {} }) as never }),
    {},
    "PLUGIN_DEFINITION_INVALID",
    'Cannot define a plugin: defineHooks does not know the key "beforPipeline"',
  ],
] as const)("%#: hooks that can't be opened say why", async (definition, value, code, message) => {
  let error: unknown;
  try {
    await openHooks("Tell", definition, { value });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code, message });
});
