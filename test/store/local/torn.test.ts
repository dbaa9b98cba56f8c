import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { openLocalStore } from "../../../src/store/mod.ts";
import { tempDir } from "../../kit/mod.ts";

const texts = [
  '{"seq":1,"body":"first"}',
  '{"seq":2,"body":"zweite, ä 日本 👩‍👩‍👧"}',
  '{"seq":3,"body":"the last one: ü 🦀"}',
];
const whole = Buffer.from(texts.map((text) => `${text}\n`).join(""));
const beforeLast = Buffer.byteLength(`${texts[0]}\n${texts[1]}\n`);
const replacement = '{"seq":3,"body":"another third"}';
const firstTwo = [
  { seq: 1, text: texts[0] },
  { seq: 2, text: texts[1] },
];

test("a file cut at every byte of its last record loses that record and no other", async () => {
  using dir = tempDir();
  for (let length = beforeLast; length < whole.length; length++) {
    const file = dir.write(`cut-${length}.jsonl`, whole.subarray(0, length));
    const store = await openLocalStore({ folder: dir.path });
    const log = `cut-${length}`;
    expect(await store.read(log)).toEqual(firstTwo);
    expect(await store.last(log)).toEqual({ seq: 2, text: texts[1] });
    expect(await store.append(log, 2, '{"seq":2,"body":"late"}')).toEqual({ taken: true, present: texts[1] });
    expect(await store.append(log, 3, replacement)).toEqual({ taken: false });
    expect(readFileSync(file, "utf8")).toBe(`${texts[0]}\n${texts[1]}\n${replacement}\n`);
    await store.close();
  }
});

test("a file cut at every byte of its only record is an empty log that can be written", async () => {
  using dir = tempDir();
  const only = Buffer.from(`${texts[0]}\n`);
  for (let length = 0; length < only.length; length++) {
    dir.write(`cut-${length}.jsonl`, only.subarray(0, length));
    const store = await openLocalStore({ folder: dir.path });
    expect(await store.read(`cut-${length}`)).toEqual([]);
    expect(await store.last(`cut-${length}`)).toBeUndefined();
    expect(await store.append(`cut-${length}`, 1, texts[0] ?? "")).toEqual({ taken: false });
    await store.close();
  }
});

test("a last record whose first or middle block never reached the disk is torn, too", async () => {
  using dir = tempDir();
  const lost: [string, number, number][] = [
    ["head", 0, 10],
    ["middle", 12, 18],
    ["all", 0, whole.length - beforeLast],
    ["all-but-lf", 0, whole.length - beforeLast - 1],
  ];
  for (const [name, from, to] of lost) {
    const bytes = Buffer.from(whole);
    bytes.fill(0, beforeLast + from, beforeLast + to);
    dir.write(`${name}.jsonl`, bytes);
    const store = await openLocalStore({ folder: dir.path });
    expect(await store.read(name)).toEqual(firstTwo);
    expect(await store.append(name, 3, replacement)).toEqual({ taken: false });
    expect(await store.read(name)).toEqual([...firstTwo, { seq: 3, text: replacement }]);
    await store.close();
  }
});

test("a broken line that is not the last is a record without text, and is never cut", async () => {
  using dir = tempDir();
  const file = dir.write("log.jsonl", `${texts[0]}\n#${texts[1]?.slice(1)}\n${texts[2]}\n`);
  const before = readFileSync(file, "utf8");
  const store = await openLocalStore({ folder: dir.path });
  const broken = [
    { seq: 1, text: texts[0] },
    { seq: 2, text: undefined },
    { seq: 3, text: texts[2] },
  ];
  expect(await store.read("log")).toEqual(broken);
  expect(await store.append("log", 2, '{"seq":2,"a":1}')).toEqual({ taken: true, present: undefined });
  expect(await store.append("log", 4, '{"seq":4,"a":1}')).toEqual({ taken: false });
  expect(readFileSync(file, "utf8")).toBe(`${before}{"seq":4,"a":1}\n`);
  await store.remove("log", [1]);
  expect(await store.read("log")).toHaveLength(3);
  await store.close();
});

test("what another program appends while a log is open is seen before the next append", async () => {
  using dir = tempDir();
  const store = await openLocalStore({ folder: dir.path });
  await store.append("log", 1, texts[0] ?? "");
  const file = dir.join("log.jsonl");
  writeFileSync(file, whole);
  expect(await store.append("log", 2, '{"seq":2,"a":1}')).toEqual({ taken: true, present: texts[1] });
  writeFileSync(file, Buffer.concat([whole, Buffer.from('{"seq":4,"to')]));
  expect(await store.append("log", 4, '{"seq":4,"a":1}')).toEqual({ taken: false });
  expect(await store.read("log")).toHaveLength(4);
  await store.close();
});

test("the last record is found from the file's end in a log longer than what is read of it", async () => {
  using dir = tempDir();
  const lines = Array.from({ length: 3000 }, (_, i) => `{"seq":${i + 1},"body":"${"x".repeat(50)}"}\n`);
  dir.write("long.jsonl", lines.join(""));
  dir.write("wide.jsonl", `${texts[0]}\n{"seq":2,"body":"${"y".repeat(200_000)}"}\n`);
  dir.write("wide-torn.jsonl", `${texts[0]}\n{"seq":2,"body":"${"y".repeat(200_000)}"}`);
  const store = await openLocalStore({ folder: dir.path });
  expect((await store.last("long"))?.seq).toBe(3000);
  expect((await store.last("wide"))?.seq).toBe(2);
  expect((await store.last("wide-torn"))?.seq).toBe(1);
});
