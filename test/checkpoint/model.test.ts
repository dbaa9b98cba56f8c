import { expect, test } from "bun:test";
import { fromSeed, seeded } from "../kit/mod.ts";
import type { Role } from "./kit/world.ts";
import { exhaust, walk, type WalkOptions } from "./kit/schedule.ts";

/** Schedules per scenario; `CAIRN_SCHEDULES` for a long search. */
const SCHEDULES = Number(process.env["CAIRN_SCHEDULES"] ?? 150);

/** The executable model's scenarios, and those with a plain new start (`new`), which the model does not have. */
const SCENARIOS: Readonly<Record<string, WalkOptions>> = {
  two: { roles: ["auto", "auto"], fail: true },
  "two-lost": { roles: ["auto", "auto"], fail: true, lost: 2 },
  three: { roles: ["auto", "auto", "auto"], fail: true },
  "three-noclean": { roles: ["auto", "auto", "auto"], fail: true, cleanup: false },
  four: { roles: ["auto", "auto", "auto", "auto"] },
  five: { roles: ["auto", "auto", "auto", "auto", "auto"], fail: true, lost: 2 },
  keyed: { roles: ["auto", "auto", "auto"], fail: true, runKey: "2026-11-23" },
  killed: { roles: ["auto", "auto", "auto", "auto", "auto"], fail: true, kill: 0.03 },
  fresh: { roles: ["auto", "auto", "fresh"], fail: true },
  fresh2: { roles: ["auto", "fresh", "fresh"], fail: true },
  resume: { roles: ["auto", "auto", "resume"], fail: true },
  "resume-fresh": { roles: ["auto", "fresh", "resume"], fail: true },
  prune: { roles: ["auto", "auto", "prune", "prune"], fail: true, lost: 1 },
  delete: { roles: ["auto", "auto", "delete", "delete"], fail: true },
  "delete-fresh": { roles: ["auto", "fresh", "delete"], fail: true },
  new: { roles: ["auto", "new", "auto"], fail: true },
  new2: { roles: ["new", "new", "new"], fail: true },
  "new-resume": { roles: ["new", "new", "resume", "resume"], fail: true },
  "new-killed": { roles: ["auto", "auto", "new", "resume", "auto"], fail: true, kill: 0.05 },
  "new-delete": { roles: ["auto", "new", "resume", "delete"], fail: true },
  named: { roles: ["named", "named", "named"], fail: true, kill: 0.03 },
  "named-mix": { roles: ["named", "auto", "named-new", "named", "auto"], fail: true, kill: 0.04 },
  "named-delete": { roles: ["named", "named-new", "delete", "named"], fail: true, kill: 0.02 },
  mix: { roles: ["auto", "auto", "fresh", "resume", "delete", "prune"], fail: true, lost: 1, kill: 0.01 },
  mix2: {
    roles: ["auto", "auto", "auto", "prune", "prune", "delete", "new"],
    fail: true,
    lost: 1,
    kill: 0.01,
  },
  reap: { roles: ["auto", "auto", "reap", "reap"], fail: true, kill: 0.02, lost: 1 },
  ends: { roles: ["auto", "auto", "reap"], fail: true, tells: true },
  "ends-killed": { roles: ["auto", "reap", "auto", "reap", "auto"], fail: true, tells: true, kill: 0.03 },
  "ends-lost": { roles: ["auto", "auto", "reap", "auto"], fail: true, tells: true, lost: 2, kill: 0.01 },
  "ends-new": { roles: ["new", "reap", "fresh", "resume", "auto"], fail: true, tells: true, kill: 0.02 },
  "ends-removed": {
    roles: ["auto", "auto", "delete", "prune", "reap", "auto"],
    fail: true,
    tells: true,
    kill: 0.02,
  },
  "ends-sweep": {
    roles: ["auto", "auto", "prune", "prune", "reap", "new"],
    fail: true,
    tells: true,
    sweepDays: 8,
    kill: 0.02,
  },
  sweep: { roles: ["auto", "auto", "auto", "prune", "prune", "prune"], fail: true, sweepDays: 8 },
  "sweep-mix": {
    roles: ["auto", "new", "resume", "fresh", "prune", "prune"],
    fail: true,
    sweepDays: 8,
    kill: 0.02,
  },
};

for (const [name, options] of Object.entries(SCENARIOS)) {
  test(`no schedule of "${name}" breaks an invariant`, async () => {
    const { seed } = seeded(`model ${name}`);
    for (let schedule = 0; schedule < SCHEDULES; schedule++) {
      const world = await walk(options, fromSeed(seed + schedule));
      if (world.ghost.violations.length === 0) continue;
      const trace = world.trace.map((line, at) => `${at + 1}. ${line}`).join("\n");
      throw new Error(`seed ${seed + schedule}\n${world.ghost.violations.join("\n")}\n${trace}`);
    }
  }, 600_000);
}

/** Pairs that are played in every order with two changes between them; the third process, where there is one, comes last. */
const PAIRS: readonly (readonly Role[])[] = [
  ["auto", "auto"],
  ["auto", "fresh"],
  ["fresh", "auto"],
  ["auto", "new"],
  ["new", "auto"],
  ["auto", "delete"],
  ["auto", "prune"],
  ["auto", "resume"],
  ["auto", "reap"],
];

for (const roles of PAIRS) {
  test(`every schedule of ${roles.join(" and ")} with two switches between them keeps the invariants`, async () => {
    const worlds = await exhaust({ roles }, 2, (world) => {
      expect(world.ghost.violations, world.trace.join("\n")).toEqual([]);
    });
    expect(worlds).toBeGreaterThan(20);
  });
}
