/** The module `cairn/testing`: for the authors of plugins. */
export * from "../sdk/testing.ts";
