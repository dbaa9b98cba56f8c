import { expect, test } from "bun:test";
import { tempDir } from "../kit/mod.ts";
import { readmeBlocks, typeIn } from "./type-in.ts";

test("the README's tour does what it says, typed in block by block", async () => {
  using dir = tempDir();
  const blocks = await readmeBlocks("tour");
  expect(blocks.length).toBe(6);

  const { code, output, said } = await typeIn(dir, blocks);
  expect(code, output).toBe(0);

  expect(said[1]).not.toContain("error");
  expect(said[2]).toContain("exit 1");
  expect(said[2]).toContain("cairn resume daily.conf");
  expect(said[3]).toContain("Load(orders)");
  expect(said[3]).toMatch(/restore .*Fetch\(orders\)|Fetch\(orders\).*restore/);
  expect(said[4]).toContain("2026-11-23-1\n2026-11-23-2\n2026-11-23-3\n");
  expect(said[4]).not.toContain("fetched 3 orders");
  expect(said[5]).toContain('"status"');
}, 60_000);
