/**
 * Room `plugin`: finding, loading and describing plugins, and the virtual module `cairn` that
 * answers their imports.
 *
 * Not here: what plugins are written against (room `sdk`), running them (room `run`).
 * To add a kind of plugin: its definition in `sdk`, its check in `load.ts`.
 */
export type * from "./plugin.ts";
