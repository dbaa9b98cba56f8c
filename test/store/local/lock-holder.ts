/** Holds a lease and a log, starts a child that outlives it, prints the child's pid, and waits to be killed. */
import { openLocalStore } from "../../../src/store/mod.ts";

const [folder = ""] = process.argv.slice(2);
const store = await openLocalStore({ folder });
await store.takeLease("lock", {
  id: "parent",
  host: "h",
  pid: process.pid,
  pidStart: "",
  bootId: "",
  pidNamespace: "",
  since: "",
  groups: [],
});
await store.append("run", 1, '{"seq":1,"a":1}');
const child = Bun.spawn(["sleep", "60"], { stdio: ["ignore", "ignore", "ignore"], detached: true });
process.stdout.write(`${child.pid}\n`);
await new Promise((resolve) => setTimeout(resolve, 60_000));
