import type { FromWorker } from "./protocol.ts";

/** Shortest time between two reports of one component, in ms. */
const MIN_INTERVAL_MS = 100;

/** Passes progress on, but not more often than anybody can see. */
export interface ProgressSender {
  report(done: number, total: number | undefined, label: string | undefined): void;
  /** Sends what is held back. */
  flush(): void;
}

/** Makes a {@link ProgressSender} for one attempt. */
export function makeProgress(send: (message: FromWorker) => void): ProgressSender {
  let last = -Infinity;
  let held: FromWorker | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    if (timer !== undefined) clearTimeout(timer);
    timer = undefined;
    if (held === undefined) return;
    last = performance.now();
    send(held);
    held = undefined;
  };
  return {
    report(done, total, label) {
      held = { kind: "progress", done, total, label };
      const wait = last + MIN_INTERVAL_MS - performance.now();
      if (wait <= 0) flush();
      else if (timer === undefined) {
        timer = setTimeout(flush, wait);
        timer.unref();
      }
    },
    flush,
  };
}
