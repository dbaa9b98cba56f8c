import { expect, test } from "bun:test";
import { join } from "node:path";

import manifest from "../../package.json" with { type: "json" };
import { rooms } from "../../scripts/lint/rooms.ts";
import { root } from "../kit/mod.ts";

const named = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });

test("every package that is installed has its row in docs/dependencies.md, and every row its package", async () => {
  const page = await Bun.file(join(root, "docs/dependencies.md")).text();
  const [, withoutLeftOut = ""] = /^([\s\S]*?)^## Left out on purpose/m.exec(page) ?? [];
  const rows = [...withoutLeftOut.matchAll(/^\|\s*((?:`[^`|]+`(?:,\s*)?)+)\s*\|/gm)].flatMap(
    ([, cell = ""]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
  expect(rows.toSorted()).toEqual(named.toSorted());
});

test("every package is pinned to one version", () => {
  for (const version of Object.values({ ...manifest.dependencies, ...manifest.devDependencies })) {
    expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
  }
});

test("every package of the executable is granted to some room, and no room is granted another", () => {
  const granted = new Set(Object.values(rooms).flatMap((room) => room.packages));
  expect([...granted].toSorted()).toEqual(Object.keys(manifest.dependencies).toSorted());
});
