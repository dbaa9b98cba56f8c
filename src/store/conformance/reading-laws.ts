import assert from "node:assert/strict";
import { handles, type Law } from "./law.ts";
import { contents, fill, recordText } from "./records.ts";

/** How far a store's clock and the times it notes may be apart, in ms: some note whole seconds. */
const CLOCK_GRAIN_MS = 2_000;

/** Names such as the checkpoint room makes of hostile pipeline names, keys and run IDs, and some that look like files of ours. */
const NAMES = [
  "daily-9f86d081884c7d659a2feaa0c55ad015/unkeyed/keys",
  "daily-9f86d081884c7d659a2feaa0c55ad015/unkeyed/lock",
  "daily-9f86d081884c7d659a2feaa0c55ad015/unkeyed/runs/0192f2c4-7b3e-7cc0-b1a8-1d0f9a3b5c7e",
  "daily-9f86d081884c7d659a2feaa0c55ad015/unkeyed/runs/con--9f86d081884c7d659a2feaa0c55ad015",
  "x-e3b0c44298fc1c149afbf4c8996fb924/2c26b46b68ffc68ff99b453c1d304134/keys",
  "x-e3b0c44298fc1c149afbf4c8996fb924/2c26b46b68ffc68ff99b453c1d304134/carry/e3b0c44298fc1c149afbf4c8996fb924",
  "a",
  "a/b",
  "a/b/c",
  "ab",
  "a.jsonl",
  "a.lock",
  "a.tmp",
  "..a",
  "-",
  "_",
  "000000000001",
  "lease/000000000001",
  `${"n".repeat(200)}/${"m".repeat(200)}`,
];

const REFUSED = [
  "",
  "..",
  ".",
  "../a",
  "a/../b",
  "a/..",
  "/a",
  "a/",
  "a//b",
  "A",
  "a b",
  "a\0b",
  "a\\b",
  "ä",
  "a:b",
];

/** What is read, listed and told. */
export const readingLaws: readonly Law[] = [
  {
    name: "a log that isn't there is empty, and reading makes nothing",
    quotes: "`read`: empty where there is no such log. `last`, `writtenAt`: undefined where there is none.",
    async prove({ store }) {
      assert.deepEqual(await store.read("no/such/log"), []);
      assert.equal(await store.last("no/such/log"), undefined);
      assert.equal(await store.writtenAt("no/such/log"), undefined);
      await store.remove("no/such/log", [1, 2]);
      assert.deepEqual(await store.logs(""), []);
    },
  },
  {
    name: "a log of 1,000 records is read in order, from any number on, and its last record alone",
    quotes: "`read` gives records in the order of their numbers.",
    async prove(bench) {
      const [other] = await handles(bench, 1);
      assert.ok(other);
      const texts = await fill(bench.store, "long", 1, 1000);
      const read = await other.read("long");
      assert.deepEqual(
        read,
        texts.map((text, index) => ({ seq: index + 1, text })),
      );
      assert.deepEqual(await other.read("long", 991), read.slice(990));
      assert.deepEqual(await other.read("long", 1001), []);
      assert.deepEqual(await other.last("long"), read.at(-1));
    },
  },
  {
    name: "logs whose names are alike, nested or long don't touch each other",
    quotes: "Names of logs and leases are relative paths of safe segments (`[a-z0-9._-]`).",
    async prove({ store }) {
      for (const name of NAMES) {
        assert.deepEqual(await store.append(name, 1, recordText(1, name)), { taken: false }, name);
      }
      for (const name of NAMES) assert.deepEqual(await contents(store, name), [`1:${recordText(1, name)}`]);
      assert.deepEqual(await store.logs(""), NAMES.toSorted());
    },
  },
  {
    name: "a name that isn't made of safe segments is refused by every call, and leaves nothing",
    quotes: "Names of logs and leases are relative paths of safe segments (`[a-z0-9._-]`).",
    async prove({ store }) {
      for (const name of [...REFUSED, "x".repeat(1000)]) {
        await assert.rejects(store.append(name, 1, recordText(1, "x")), `append to ${JSON.stringify(name)}`);
        if (name !== "" && name !== "a/")
          await assert.rejects(store.logs(name), `logs of ${JSON.stringify(name)}`);
      }
      assert.deepEqual(await store.logs(""), []);
    },
  },
  {
    name: "a listing gives all logs that begin with a prefix, sorted, and none other",
    quotes:
      "Names of all logs that begin with `prefix` (a name, or a part of one that ends in `/`; empty: all), sorted.",
    async prove(bench) {
      const [other] = await handles(bench, 1);
      assert.ok(other);
      for (const name of ["p/k/runs/b", "p/k/runs/a", "p/k/keys", "p/k2/keys", "p2/k/keys", "p"]) {
        await fill(bench.store, name, 1, 2);
      }
      assert.deepEqual(await other.logs("p/k/"), ["p/k/keys", "p/k/runs/a", "p/k/runs/b"]);
      assert.deepEqual(await other.logs("p/k/runs/"), ["p/k/runs/a", "p/k/runs/b"]);
      assert.deepEqual(await other.logs("p/k/keys"), ["p/k/keys"]);
      assert.deepEqual(await other.logs("p/k"), ["p/k/keys", "p/k/runs/a", "p/k/runs/b", "p/k2/keys"]);
      assert.deepEqual(await other.logs("p/none/"), []);
      assert.equal((await other.logs("")).length, 6);
    },
  },
  {
    name: "the time a log was written is told by the same clock as the time itself",
    quotes: "Age of a log by the store's own clock: when its last record was written, in ms since the epoch.",
    async prove({ store }) {
      const before = await store.time();
      await fill(store, "log", 1, 3);
      const written = await store.writtenAt("log");
      const after = await store.time();
      assert.ok(written !== undefined && Number.isInteger(written));
      assert.ok(after >= before, "the store's time went back");
      assert.ok(
        written >= before - CLOCK_GRAIN_MS && written <= after + CLOCK_GRAIN_MS,
        `${before} ${written} ${after}`,
      );
    },
  },
  {
    name: "a call whose signal is aborted rejects with its reason and changes nothing",
    quotes: "Async calls take an `AbortSignal`.",
    async prove({ store }) {
      await fill(store, "log", 1, 1);
      const reason = new Error("no longer wanted");
      const signal = AbortSignal.abort(reason);
      const calls = [
        () => store.append("log", 2, recordText(2, "x"), signal),
        () => store.read("log", 1, signal),
        () => store.last("log", signal),
        () => store.logs("", signal),
        () => store.remove("log", [1], signal),
      ];
      for (const call of calls) await assert.rejects(call, reason);
      assert.equal((await store.read("log")).length, 1);
    },
  },
  {
    name: "what was appended is there after every handle is closed",
    quotes:
      "When an append answered `taken: false`, the record is durable: it survives the death of every process.",
    async prove(bench) {
      const [first] = await handles(bench, 1);
      assert.ok(first);
      await fill(first, "log", 1, 3);
      const before = await contents(first, "log");
      await first.close();
      await first.close();
      const [second] = await handles(bench, 1);
      assert.ok(second);
      assert.deepEqual(await contents(second, "log"), before);
      await fill(second, "log", 4, 5);
    },
  },
];
