/**
 * Room `sdk`: what plugins import as `cairn`: definitions of components, hooks and stores, the
 * context types, the typed errors, and valibot as `v`. Everything exported here is public.
 *
 * Not here: finding and loading plugins (room `plugin`), running them (room `run`).
 * To add a definition: a `define…` function in a file of its own, its export below, its page in docs/plugins/.
 */
export type * from "./component.ts";
export type * from "./hooks.ts";
