/**
 * Room `store`: where checkpoints lie. `store.ts` states the interface and its laws; each store is
 * a folder that exports one `open…` function; `wrap/` holds what can stand before any store.
 *
 * Not here: what a record means (room `checkpoint`).
 * To add a store: a folder with its `open…` function, a line below, and `storeConformance` in its test.
 */
export type * from "./store.ts";
