import assert from "node:assert/strict";
import type { AppendResult, CheckpointStore } from "../store.ts";
import { handles, needed, type Law } from "./law.ts";
import { chance, contents, fill, recordText } from "./records.ts";

const RACERS = 50;
const HANDLES = 5;

/** `count` racers, shared out over several handles, for one number. Returns what each was answered. */
async function race(
  stores: readonly CheckpointStore[],
  log: string,
  seq: number,
): Promise<{ readonly text: string; readonly answer: AppendResult }[]> {
  return Promise.all(
    Array.from({ length: RACERS }, async (_, racer) => {
      const store = stores[racer % stores.length];
      assert.ok(store);
      const text = recordText(seq, `racer ${racer}`);
      return { text, answer: await store.append(log, seq, text) };
    }),
  );
}

/** What was written stays, whoever writes at the same time. */
export const appendLaws: readonly Law[] = [
  {
    name: "of 50 racers for one number exactly one gets it, and the others are told what is there",
    quotes:
      "A number can be taken by exactly one writer: of any number of concurrent appends at the same number of one log, one answers `taken: false` and all others `taken: true`.",
    async prove(bench) {
      const stores = [bench.store, ...(await handles(bench, HANDLES - 1))];
      for (const seq of [1, 2, 3]) {
        const answers = await race(stores, "race/run", seq);
        const winners = answers.filter(({ answer }) => !answer.taken);
        assert.equal(winners.length, 1, `winners of number ${seq}`);
        for (const { answer } of answers) {
          if (answer.taken) assert.equal(answer.present, winners[0]?.text);
        }
        assert.equal((await contents(bench.store, "race/run")).at(-1), `${seq}:${winners[0]?.text}`);
      }
    },
  },
  {
    name: "writers that each append ten records at whatever number is free leave every record once, without a gap",
    quotes: "`seq` must be the highest number plus one, or an already taken one.",
    async prove(bench) {
      const writers = 4;
      const each = 10;
      const stores = await handles(bench, writers);
      await Promise.all(
        stores.map(async (store, writer) => {
          let seq = 1;
          for (let i = 0; i < each; i++) {
            while ((await store.append("dense", seq, recordText(seq, `${writer}/${i}`))).taken) seq++;
          }
        }),
      );
      const records = await bench.store.read("dense");
      assert.deepEqual(
        records.map(({ seq }) => seq),
        Array.from({ length: writers * each }, (_, i) => i + 1),
      );
      const bodies = records.map(({ text }) => (JSON.parse(text ?? "") as { body: string }).body);
      assert.equal(new Set(bodies).size, writers * each);
    },
  },
  {
    name: "what was appended is read back at once by everybody",
    quotes: "What was appended is read back at once, byte for byte, by everybody.",
    async prove(bench) {
      const [other] = await handles(bench, 1);
      assert.ok(other);
      for (let seq = 1; seq <= 20; seq++) {
        const text = recordText(seq, `record ${seq}`);
        assert.deepEqual(await bench.store.append("a/log", seq, text), { taken: false });
        for (const reader of [bench.store, other]) {
          assert.deepEqual(await reader.read("a/log", seq), [{ seq, text }]);
          assert.deepEqual(await reader.last("a/log"), { seq, text });
        }
      }
    },
  },
  {
    name: "a refused append changes nothing and says what is there",
    quotes: "A refused append changes nothing and says what is there.",
    async prove(bench) {
      const [other] = await handles(bench, 1);
      assert.ok(other);
      const texts = await fill(bench.store, "log", 1, 3);
      const before = await contents(bench.store, "log");
      for (const seq of [1, 2, 3]) {
        const answer = await other.append("log", seq, recordText(seq, "another text"));
        assert.deepEqual(answer, { taken: true, present: texts[seq - 1] });
      }
      assert.deepEqual(await contents(bench.store, "log"), before);
    },
  },
  {
    name: "the same text sent again is answered with itself, by the same handle and by another",
    quotes:
      "An append that throws may or may not have happened; sending the same text at the same number again settles it.",
    async prove(bench) {
      const [other] = await handles(bench, 1);
      assert.ok(other);
      const texts = await fill(bench.store, "log", 1, 4);
      for (const store of [bench.store, other]) {
        assert.deepEqual(await store.append("log", 4, texts[3] ?? ""), { taken: true, present: texts[3] });
      }
      assert.equal((await bench.store.read("log")).length, 4);
    },
  },
  {
    name: "Unicode, control characters and a text of 1 MiB come back byte for byte",
    quotes: "What was appended is read back at once, byte for byte, by everybody.",
    async prove(bench, seed) {
      const next = chance(seed);
      const noise = Array.from({ length: 1024 * 1024 }, () =>
        String.fromCodePoint(32 + Math.floor(next() * 90)),
      ).join("");
      const bodies = [
        "",
        "äöü ß 日本語 👩‍👩‍👧 \u2028\u2029",
        '\u0000\u0001\n\r\t\\"',
        "\ud800 alone",
        "x".repeat(65_535),
        noise,
      ];
      for (const [index, body] of bodies.entries()) {
        const text = recordText(index + 1, body);
        assert.deepEqual(await bench.store.append("texts", index + 1, text), { taken: false });
        assert.equal((await bench.store.last("texts"))?.text, text);
      }
      const read = await bench.store.read("texts");
      assert.deepEqual(
        read.map(({ text }) => (JSON.parse(text ?? "") as { body: string }).body),
        bodies,
      );
    },
  },
  {
    name: "a torn last record is void: what stands before it is whole, and the next append goes on behind it",
    quotes:
      "A record that an append left torn is void: `read` gives it without text, or (local) not at all after the next append.",
    async prove(bench) {
      const tear = needed(bench, "tear");
      const [other] = await handles(bench, 1);
      assert.ok(other);
      const texts = await fill(bench.store, "log", 1, 3);
      await tear("log");
      const last = await other.last("log");
      assert.ok(
        last === undefined || last.seq === 2 || last.text === undefined,
        "the torn record has a text",
      );
      const next = last?.text === undefined ? 4 : 3;
      assert.deepEqual(await other.append("log", next, recordText(next, "after")), { taken: false });
      const read = (await bench.store.read("log")).filter(({ text }) => text !== undefined);
      assert.deepEqual(read, [
        { seq: 1, text: texts[0] },
        { seq: 2, text: texts[1] },
        { seq: next, text: recordText(next, "after") },
      ]);
    },
  },
  {
    name: "a torn first record leaves a log that can be written",
    quotes: "A record that an append left torn is void.",
    async prove(bench) {
      const tear = needed(bench, "tear");
      await fill(bench.store, "log", 1, 1);
      await tear("log");
      const read = await bench.store.read("log");
      assert.ok(read.every(({ text }) => text === undefined));
      const next = (read.at(-1)?.seq ?? 0) + 1;
      assert.deepEqual(await bench.store.append("log", next, recordText(next, "after")), { taken: false });
      assert.deepEqual(await bench.store.last("log"), { seq: next, text: recordText(next, "after") });
    },
  },
];
