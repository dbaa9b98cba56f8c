/**
 * Test support that every room's tests share: temporary folders, chance that can be repeated, Cairn as a
 * process. Not here: anything that only one room's tests need (that lies beside them), and test doubles of
 * our own parts (tests use the real ones). To add a part: one file named for what it exports, one line below.
 */
export * from "./run-cairn.ts";
export * from "./seed.ts";
export * from "./temp-dir.ts";
