import { expect, test } from "bun:test";
import {
  openMemoryObjects,
  openObjectStore,
  type ObjectMemory,
  type ObjectOperations,
} from "../../../src/store/mod.ts";
import { caught, failure } from "../failure.ts";

const text = (seq: number): string => `{"seq":${seq},"a":1}`;

test("records that are removed between the listing and their reading are not taken for broken ones", async () => {
  const memory: ObjectMemory = new Map();
  const plain = openObjectStore({ objects: openMemoryObjects({ memory }) });
  for (let seq = 1; seq <= 4; seq++) await plain.append("run", seq, text(seq));
  let removal: Promise<void> | undefined;
  const inner = openMemoryObjects({ memory });
  const objects: ObjectOperations = {
    ...inner,
    async get(key) {
      const found = await inner.get(key);
      const first = removal === undefined;
      // The first record has been read when the others go: without a new listing it would stay in the answer.
      removal ??= plain.remove("run", [1, 2, 3]);
      await removal;
      return first ? found : inner.get(key);
    },
  };
  const reader = openObjectStore({ objects });
  expect(await reader.read("run")).toEqual([{ seq: 4, text: text(4) }]);
  await plain.remove("run", [4]);
  expect(await reader.last("run")).toBeUndefined();
});

test("a record with another number's text, or none, is void and keeps its number", async () => {
  const objects = openMemoryObjects();
  const store = openObjectStore({ objects });
  await store.append("run", 1, text(1));
  await objects.put("run.log/000000000002", text(3));
  await objects.put("run.log/000000000003", "");
  await objects.put("run.log/stranger", "not ours");
  expect(await store.read("run")).toEqual([
    { seq: 1, text: text(1) },
    { seq: 2, text: undefined },
    { seq: 3, text: undefined },
  ]);
  expect(await store.append("run", 3, text(3))).toEqual({ taken: true, present: undefined });
  expect(await store.logs("")).toEqual(["run"]);
});

test("an append is one request, loading n records n and a listing, at most 16 at a time", async () => {
  const inner = openMemoryObjects();
  let under = 0;
  let most = 0;
  const calls: string[] = [];
  const counted = new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]): Promise<unknown> => {
        calls.push(String(name));
        most = Math.max(most, ++under);
        await Bun.sleep(1);
        under--;
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
  const store = openObjectStore({ objects: counted });
  for (let seq = 1; seq <= 40; seq++) await store.append("run", seq, text(seq));
  expect(calls).toEqual(Array.from({ length: 40 }, () => "putIfAbsent"));
  calls.length = 0;
  expect(await store.read("run")).toHaveLength(40);
  expect(calls).toHaveLength(41);
  expect(most).toBe(16);
});

test("an operation that fails fails the call, with nothing begun after it", async () => {
  const inner = openMemoryObjects();
  const store = openObjectStore({
    objects: { ...inner, get: () => Promise.reject(Object.assign(new TypeError("broken"), { code: "X" })) },
  });
  await store.append("run", 1, text(1));
  expect(await failure(() => store.read("run"))).toMatchObject({ message: "broken" });
  expect((await caught(() => store.append("run", 1, "no record"))).code).toBe("STORE_BAD_RECORD");
});
