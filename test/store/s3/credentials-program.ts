/**
 * Opens the store at its first argument with the settings in its second (JSON) and the process's environment, appends
 * one record and prints what came of it. Compiled by Cairn's own build in `credentials.test.ts`.
 */
import { CairnError } from "../../../src/base/mod.ts";
import { openStore, storeRegistry } from "../../../src/store/mod.ts";

const [location = "", settings = "{}"] = process.argv.slice(2);
try {
  const hadoop = JSON.parse(settings) as Record<string, string>;
  const store = await openStore(storeRegistry(), location, "/", { hadoop, env: process.env });
  console.log(JSON.stringify(await store.append("run", 1, '{"seq":1,"a":1}')));
  await store.close();
} catch (thrown) {
  if (!(thrown instanceof CairnError)) throw thrown;
  console.log(JSON.stringify({ code: thrown.code, message: thrown.message, hint: thrown.hint }));
}
