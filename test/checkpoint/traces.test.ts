import { describe, expect, test } from "bun:test";
import { play, type Until } from "./kit/schedule.ts";
import type { Role, World } from "./kit/world.ts";

/**
 * The traces by which the executable model broke the protocol as it was first worded (`--literal`), played against the
 * real one: the same processes, sleeping and waking at the same calls.
 */
interface Trace {
  readonly roles: readonly Role[];
  /** Every run fails at its first component. */
  readonly fail?: boolean;
  readonly parts: readonly (readonly [process: number, until: Until])[];
  readonly afterwards: (world: World) => void;
}

/** The starts and ends of runs that came of it, as the trace tells them. */
function writes(world: World): string[] {
  return world.trace
    .filter((line) => line.includes(" puts "))
    .map((line) => line.replace(/ puts runs\//, " "));
}

function ends(world: World): (string | undefined)[] {
  return world.actors.map(({ end }) => end);
}

const TRACES: Readonly<Record<string, Trace>> = {
  "a resumer that sleeps before its superseded, while the run completes and is cleaned up, begins a fresh run":
    {
      roles: ["auto", "auto"],
      parts: [
        [1, /puts runs\/run-1 3 /],
        [2, /puts runs\/run-1 3 superseded/],
        [1, "end"],
        [2, "end"],
      ],
      afterwards: (world) => {
        expect(ends(world)).toEqual(["completed", "completed"]);
        // Accepted, and void: it lies below the final record. Nothing is carried from the completed run.
        expect(writes(world)).toContain("P2(auto) run-1 3 superseded run-2");
        expect(writes(world)).toContain("P2(auto) run-3 3 component-completed");
      },
    },
  "a resumer that sleeps before its superseded, while the run completes and is pruned, begins a fresh run": {
    roles: ["auto", "auto", "prune"],
    parts: [
      [1, /puts runs\/run-1 3 /],
      [2, /puts runs\/run-1 3 superseded/],
      [1, /reads keys|removes/],
      [3, "end"],
      [2, "end"],
    ],
    afterwards: (world) => expect(writes(world)).toContain("P2(auto) run-3 3 component-completed"),
  },
  "an adopter that sleeps while the run's creator begins, completes and cleans up stops at its read-back": {
    roles: ["auto", "auto"],
    parts: [
      [1, /puts runs\/run-1 1 /],
      [2, /puts keys 2 /],
      [1, "end"],
      [2, "end"],
    ],
    afterwards: (world) => {
      expect(writes(world)).toContain("P2(auto) run-1 1 run-started run-1");
      expect(ends(world)[1]).toContain("another start of this pipeline went on");
    },
  },
  "a failed run that was pruned is over: the next start is fresh": {
    roles: ["auto", "prune", "auto"],
    fail: true,
    parts: [
      [1, "end"],
      [2, "end"],
      [3, "end"],
    ],
    afterwards: (world) => {
      expect(writes(world)).toContain("P2(prune) run-1 3 deleted");
      expect(writes(world)).toContain("P3(auto) run-2 1 run-started run-2");
    },
  },
  "a run that was deleted before its first record is over, and its creator is refused": {
    roles: ["auto", "auto", "delete"],
    parts: [
      [1, /puts runs\/run-1 1 /],
      [3, "end"],
      [2, "end"],
      [1, "end"],
    ],
    afterwards: (world) => {
      expect(writes(world)).toContain("P3(delete) run-1 1 deleted");
      expect(writes(world)).toContain("P2(auto) run-2 1 run-started run-2");
      expect(ends(world)[0]).toBe("completed");
    },
  },
  "a delete that sleeps before its mark, while the run completes and is cleaned up, is void": {
    roles: ["auto", "auto", "delete"],
    parts: [
      [1, /puts runs\/run-1 1 /],
      [3, /puts runs\/run-1 1 deleted/],
      [1, "end"],
      [3, "end"],
    ],
    afterwards: (world) => expect(ends(world)[0]).toBe("completed"),
  },
  "a starter that has read a failed run, while it is pruned, does not run it again": {
    roles: ["auto", "auto", "prune"],
    fail: true,
    parts: [
      [1, "end"],
      [2, /puts runs\/run-1 3 superseded/],
      [3, "end"],
      [2, "end"],
    ],
    afterwards: (world) => {
      expect(writes(world)).toContain("P3(prune) run-1 3 deleted");
      expect(writes(world)).toContain("P2(auto) run-3 1 run-started run-3");
    },
  },
  "a run that was deleted while its starter reads back is not run": {
    roles: ["auto", "auto", "delete"],
    parts: [
      [1, /reads the end of keys/],
      [1, /reads runs\/run-1|puts keys/],
      [1, /puts runs\/run-1 1 /],
      [1, /reads the end of keys/],
      [3, "end"],
      [1, "end"],
      [2, "end"],
    ],
    afterwards: (world) => expect(ends(world)[0]).toContain("another start of this pipeline went on"),
  },
  "a resumer whose superseded stands, while the run is deleted, takes the deleted successor for the end": {
    roles: ["auto", "auto", "delete"],
    fail: true,
    parts: [
      [1, "end"],
      [2, /puts keys 2 /],
      [3, "end"],
      [2, "end"],
    ],
    afterwards: (world) => {
      expect(writes(world)).toContain("P3(delete) run-2 1 deleted");
      expect(writes(world)).toContain("P2(auto) run-3 1 run-started run-3");
    },
  },
  "a fenced writer finds its number taken after the run that it was resumed by was cleaned up": {
    roles: ["auto", "new", "auto"],
    parts: [
      [1, /puts runs\/run-1 2 /],
      [2, /puts keys 2 /],
      [3, "end"],
      [1, "end"],
      [2, "end"],
    ],
    afterwards: (world) => {
      expect(writes(world)).toContain("P2(new) run-1 2 run-interrupted");
      expect(ends(world)[0]).toContain("a new run was started");
    },
  },
};

describe("traces of the executable model", () => {
  for (const [name, { roles, fail, parts, afterwards }] of Object.entries(TRACES)) {
    test(name, async () => {
      const world = await play({ roles, ...(fail !== undefined && { fail }) }, parts);
      expect(world.ghost.violations, world.trace.join("\n")).toEqual([]);
      afterwards(world);
    });
  }
});
