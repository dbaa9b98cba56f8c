/** The longest time that one timer of the runtime can wait, in ms (2^31 - 1); anything longer fires at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/** Calls `fire` once after `ms`, however long that is; the function that is returned calls it off. */
export function startTimer(ms: number, fire: () => void): () => void {
  let left = ms;
  let timer: ReturnType<typeof setTimeout>;
  const next = (): void => {
    const part = Math.min(left, MAX_TIMER_MS);
    left -= part;
    timer = setTimeout(left > 0 ? next : fire, part);
  };
  next();
  return () => clearTimeout(timer);
}
