/** Calls back when a signal aborts, at once where it has already; answers how to let go of it. */
export function onAbort(signal: AbortSignal | undefined, call: (reason: unknown) => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    call(signal.reason);
    return () => undefined;
  }
  const listener = (): void => call(signal.reason);
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}
