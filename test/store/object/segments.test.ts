import { expect, test } from "bun:test";
import {
  openMemoryObjects,
  openObjectStore,
  type CheckpointStore,
  type ObjectMemory,
  type ObjectOperations,
} from "../../../src/store/mod.ts";

const text = (seq: number, by: string = "a"): string => `{"seq":${seq},"by":"${by}"}`;

const key = (name: string): string => `run.log/${name}`;
const numbered = (seq: number): string => String(seq).padStart(12, "0");
const segment = (first: number, last: number): string => key(`${numbered(first)}-${numbered(last)}`);

interface Counted {
  readonly store: CheckpointStore;
  readonly calls: string[];
}

function open(memory: ObjectMemory, objects: ObjectOperations = openMemoryObjects({ memory })): Counted {
  const calls: string[] = [];
  const counted = new Proxy(objects, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        calls.push(`${String(name)} ${String(args[0])}`);
        return Reflect.apply(member, target, args);
      };
    },
  });
  return { store: openObjectStore({ objects: counted }), calls };
}

/** A memory with a log of so many records and its segments; closed as after a kill, or sealed. */
async function filled(count: number, end: "killed" | "sealed"): Promise<ObjectMemory> {
  const memory: ObjectMemory = new Map();
  const { store } = open(memory);
  for (let seq = 1; seq <= count; seq++) await store.append("run", seq, text(seq));
  if (end === "sealed") await store.shortcuts?.seal("run");
  await store.close();
  return memory;
}

const all = (count: number, by?: string): { seq: number; text: string }[] =>
  Array.from({ length: count }, (_, at) => ({ seq: at + 1, text: text(at + 1, by) }));

function segmentsIn(memory: ObjectMemory): string[] {
  return [...memory.keys()].filter((name) => name.includes("-")).toSorted();
}

test("an append is one request, and one more after each hundred", async () => {
  const { store, calls } = open(new Map());
  for (let seq = 1; seq <= 250; seq++) await store.append("run", seq, text(seq));
  await store.close();
  const puts = calls.filter((call) => call.startsWith("put "));
  expect(puts).toEqual([`put ${segment(1, 100)}`, `put ${segment(101, 200)}`]);
  expect(calls.filter((call) => call.startsWith("putIfAbsent"))).toHaveLength(250);
  expect(calls.filter((call) => call.startsWith("get") || call.startsWith("list"))).toEqual([]);
});

test("loading n records takes one request a hundred after a graceful end, and at most 99 more after a kill", async () => {
  for (const [count, end, most] of [
    [1_000, "sealed", 12],
    [1_002, "sealed", 14],
    [1_099, "sealed", 13],
    [1_000, "killed", 12],
    [1_099, "killed", 111],
    [2, "sealed", 3],
    [0, "sealed", 1],
  ] as const) {
    const memory = await filled(count, end);
    const { store, calls } = open(memory);
    expect(await store.read("run")).toEqual(all(count));
    expect({ count, end, requests: calls.length <= most ? "few" : calls.length }).toEqual({
      count,
      end,
      requests: "few",
    });
  }
});

test("a segment that is cut off at any byte, or has any byte changed, costs requests and nothing else", async () => {
  const memory = await filled(120, "sealed");
  for (const name of [segment(1, 100), segment(101, 120)]) {
    const whole = memory.get(name);
    if (whole === undefined) throw new Error(`no segment ${name}`);
    const { store } = open(memory);
    for (let at = 0; at < whole.text.length; at++) {
      const changed = at % 7 === 0 ? `${whole.text.slice(0, at)}~${whole.text.slice(at + 1)}` : undefined;
      for (const text of [whole.text.slice(0, at), changed]) {
        if (text === undefined) continue;
        memory.set(name, { text, modifiedAt: 0 });
        expect(await store.read("run")).toEqual(all(120));
      }
    }
    memory.set(name, whole);
  }
});

test("missing segments, some or all, cost requests and nothing else", async () => {
  const memory = await filled(350, "sealed");
  const names = segmentsIn(memory);
  expect(names).toHaveLength(4);
  for (let some = 0; some < 2 ** names.length; some++) {
    const fewer: ObjectMemory = new Map(memory);
    for (const [at, name] of names.entries()) if ((some & (1 << at)) === 0) fewer.delete(name);
    expect(await open(fewer).store.read("run")).toEqual(all(350));
  }
});

test("the segment of another log, or of one that had the name before, is not believed", async () => {
  const old = await filled(150, "sealed");
  const memory: ObjectMemory = new Map();
  const { store } = open(memory);
  for (let seq = 1; seq <= 150; seq++) await store.append("run", seq, text(seq, "b"));
  await store.close();
  for (const name of segmentsIn(old)) {
    const stale = old.get(name);
    if (stale !== undefined) memory.set(name, stale);
  }
  expect(await open(memory).store.read("run")).toEqual(all(150, "b"));
});

test("no segment brings back a record that was removed", async () => {
  const memory = await filled(250, "sealed");
  const copies = segmentsIn(memory).map((name) => [name, memory.get(name)] as const);
  const { store } = open(memory);
  await store.append("run", 251, text(251));
  for (const removed of [[7], [1], all(250).map(({ seq }) => seq)]) {
    await store.remove("run", removed);
    // As a writer that slept while its run was deleted writes them.
    for (const [name, object] of copies) if (object !== undefined) memory.set(name, object);
    const gone = new Set(removed);
    const read = await store.read("run");
    expect(read.filter(({ seq }) => gone.has(seq))).toEqual([]);
    expect(read.at(-1)).toEqual({ seq: 251, text: text(251) });
    expect(await store.last("run")).toEqual({ seq: 251, text: text(251) });
  }
  expect(await store.read("run")).toEqual([{ seq: 251, text: text(251) }]);
  // The next removal takes late segments along.
  await store.remove("run", [251]);
  expect([...memory.keys()]).toEqual([]);
  for (const [name, object] of copies) if (object !== undefined) memory.set(name, object);
  expect(await store.logs("")).toEqual([]);
  expect(await store.read("run")).toEqual([]);
  expect(await store.last("run")).toBeUndefined();
});

test("a removal takes the segments that hold a removed record, before the record", async () => {
  const memory = await filled(300, "sealed");
  const { store, calls } = open(memory);
  await store.remove("run", [150, 151]);
  expect(segmentsIn(memory)).toEqual([segment(1, 100), segment(201, 300)]);
  expect(calls.filter((call) => call.startsWith("delete"))).toEqual([
    `delete ${segment(101, 200)}`,
    `delete ${key(numbered(150))}`,
    `delete ${key(numbered(151))}`,
  ]);
  const left = all(300).filter(({ seq }) => seq !== 150 && seq !== 151);
  expect(await store.read("run")).toEqual(left);
});

test("a writer whose segment came after its log was removed takes it back when it is refused", async () => {
  const memory: ObjectMemory = new Map();
  const objects = openMemoryObjects({ memory });
  let release: (() => void) | undefined;
  const slow: ObjectOperations = {
    ...objects,
    async put(name, body, signal) {
      await new Promise<void>((resolve) => (release = resolve));
      return objects.put(name, body, signal);
    },
  };
  const sleeper = open(memory, slow).store;
  for (let seq = 1; seq <= 100; seq++) await sleeper.append("run", seq, text(seq));
  const other = open(memory).store;
  await other.append("run", 101, text(101, "deleted"));
  await other.remove(
    "run",
    all(100).map(({ seq }) => seq),
  );
  release?.();
  expect(await sleeper.append("run", 101, text(101))).toMatchObject({ taken: true });
  await sleeper.close();
  expect([...memory.keys()]).toEqual([key(numbered(101))]);
});

test("a log that every record has another writer of has its segments too: the hundredth reads back", async () => {
  const memory: ObjectMemory = new Map();
  for (let seq = 1; seq <= 205; seq++) {
    const { store } = open(memory);
    await store.append("run", seq, text(seq));
    await store.close();
  }
  expect(segmentsIn(memory)).toEqual([segment(1, 100), segment(101, 200)]);
  const { store, calls } = open(memory);
  expect(await store.read("run")).toEqual(all(205));
  expect(calls).toHaveLength(9);
});

test("long records stay out of segments, and a void one stays void", async () => {
  const memory: ObjectMemory = new Map();
  const { store } = open(memory);
  const long = (seq: number): string => `{"seq":${seq},"long":"${"x".repeat(100_000)}"}`;
  for (let seq = 1; seq <= 100; seq++) await store.append("run", seq, seq % 40 === 0 ? long(seq) : text(seq));
  await store.close();
  expect(memory.get(segment(1, 100))?.text.length).toBeLessThan(10_000);
  memory.set(key(numbered(101)), { text: '{"seq":101,"by', modifiedAt: 0 });
  const { store: reader, calls } = open(memory);
  const read = await reader.read("run");
  expect(read[39]?.text).toBe(long(40));
  expect(read[100]).toEqual({ seq: 101, text: undefined });
  expect(calls).toHaveLength(6);
  expect(await reader.shortcuts?.readRecords("run")).toEqual(read);
});

test("a store that takes no segments loses nothing, and closing waits for none of them for long", async () => {
  const memory: ObjectMemory = new Map();
  const objects = openMemoryObjects({ memory });
  const refusing = open(memory, { ...objects, put: () => Promise.reject(new Error("no space")) }).store;
  for (let seq = 1; seq <= 100; seq++) await refusing.append("run", seq, text(seq));
  await refusing.shortcuts?.seal("run");
  await refusing.close();
  expect(await open(memory).store.read("run")).toEqual(all(100));
});
