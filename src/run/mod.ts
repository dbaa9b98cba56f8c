/**
 * Room `run`: plan, scheduler, worker processes, retries and results: the library's way of one run.
 *
 * Not here: finding plugins (room `plugin`), what a checkpoint means (room `checkpoint`), printing (room `cli`).
 * To add a way to isolate components: a file beside `worker-pool.ts` that gives the same interface.
 */
export { composeHooks } from "./compose-hooks.ts";
export { Interrupt, interruptOf, type InterruptSignal } from "./interrupt.ts";
export type * from "./observer.ts";
export type * from "./plan-document.ts";
export type * from "./result.ts";
