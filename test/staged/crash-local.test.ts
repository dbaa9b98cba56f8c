import { afterAll, expect, test } from "bun:test";
import { tempDir } from "../kit/mod.ts";
import { crashMatrix, type MatrixPlace, stagedWorld } from "./matrix.ts";

const dir = tempDir("cairn-matrix-");
afterAll(() => dir[Symbol.dispose]());
let folders = 0;
const place: MatrixPlace = { folder: () => dir.join(`f${folders++}`), hadoop: {}, env: {} };

test("local: stopped at every point, a resumed run leaves what a whole one does, and a sleeper changes nothing", async () => {
  await crashMatrix(place, (points) => points.map((_, at) => at + 1));
}, 300_000);

test("who starts anew sweeps what the run before had staged, and its sleeper publishes nothing", async () => {
  using world = stagedWorld(place);
  const { points } = await world.whole("r0", place.folder());
  const cut = points.indexOf("publish-begins") + 1;
  expect(cut).toBeGreaterThan(0);
  const folder = place.folder();
  const frozen = await world.frozenAt("r1", folder, cut);
  const fresh = await world.resume(folder, { fresh: true });
  expect(fresh.exitCode).toBe(0);
  const found = await world.tree(folder);
  expect(Object.keys(found).filter((name) => name.includes(".cairn-"))).toEqual([]);
  await frozen.wake();
  const after = Object.entries(await world.tree(folder)).filter(([name]) => !name.includes(".cairn-stage-"));
  expect(Object.fromEntries(after)).toEqual(found);
});
