import { broken, type StoreCheck, trialText } from "./trial.ts";

/** Whether all that a run does is allowed: write, read, list, remove. What is not throws with the store's own words. */
export const rights: StoreCheck = {
  name: "permissions",
  async run({ store, folder, signal }) {
    const log = `${folder}/rights`;
    const text = trialText(1, "rights");
    await store.append(log, 1, text, signal);
    const read = await store.read(log, 1, signal);
    await store.logs(`${folder}/`, signal);
    await store.remove(log, [1], signal);
    const left = await store.read(log, 1, signal);
    return {
      summary: "writing, reading, listing and removing are allowed",
      facts: {},
      findings: [
        ...(read[0]?.text === text ? [] : [broken("a record that was written could not be read back")]),
        ...(left.length === 0 ? [] : [broken("a record was still there after it was removed")]),
      ],
    };
  },
};
