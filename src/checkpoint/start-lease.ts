import { CairnError, durationText } from "../base/mod.ts";
import type { Lease, LeaseHolder } from "../store/mod.ts";
import type { KeyNames } from "./names.ts";
import type { StartRequest } from "./start.ts";

/** First wait for a live holder in ms; doubled to {@link LONGEST_WAIT_MS}. */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

/** The error for a key whose lease a live process holds: `CHECKPOINT_HELD` (exit 5), after a wait of `waitedMs` where there was one. */
export function heldError(
  holder: LeaseHolder | undefined,
  until: string | undefined,
  waitedMs?: number,
): CairnError {
  const who =
    holder === undefined
      ? "another runner"
      : `process ${holder.pid} on host ${holder.host}, since ${holder.since}${holder.runId === undefined ? "" : `, with run "${holder.runId}"`}`;
  const end = until === undefined ? "" : `; its lease runs out at ${until} if it is not renewed`;
  return new CairnError(`Cannot start: the pipeline is held by ${who}${end}`, {
    code: "CHECKPOINT_HELD",
    kind: "world",
    hint:
      waitedMs === undefined
        ? "Wait for it (--if-held=wait) or let this start be skipped (--if-held=skip); no unlocking is ever needed."
        : `It did not end within ${durationText(waitedMs)}: look what that process is doing, or give it longer (--wait=DURATION); no unlocking is ever needed.`,
    details: {
      host: holder?.host ?? null,
      pid: holder?.pid ?? null,
      since: holder?.since ?? null,
      runId: holder?.runId ?? null,
      until: until ?? null,
    },
  });
}

/** What taking a lease goes by. */
type LeaseRequest = Pick<
  StartRequest,
  "store" | "holder" | "ifHeld" | "waitMs" | "clock" | "signal" | "killGroups" | "onHeld"
>;

/** Step 1: takes the lease, waits for a live holder where that is asked for, and ends what a dead one left running. */
export async function takeLease(request: LeaseRequest, names: KeyNames): Promise<Lease> {
  const began = request.clock.steady();
  let told = false;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    const answer = await request.store.takeLease(names.lock, request.holder, request.signal);
    if (!answer.held) {
      await endLeftOvers(request, answer.lease, answer.previous);
      return answer.lease;
    }
    const left = (request.waitMs ?? Infinity) - (request.clock.steady() - began);
    if (request.ifHeld === "fail") throw heldError(answer.holder, answer.until);
    if (left <= 0) throw heldError(answer.holder, answer.until, request.waitMs);
    if (!told) request.onHeld?.(answer.holder);
    told = true;
    await request.clock.sleep(Math.min(wait, left), request.signal);
  }
}

/** The groups stay noted until they are dead: a start that dies in between leaves them to the next one. */
async function endLeftOvers(
  request: LeaseRequest,
  lease: Lease,
  previous: LeaseHolder | undefined,
): Promise<void> {
  if (previous === undefined || previous.groups.length === 0 || !sameMachine(previous, request.holder))
    return;
  try {
    await lease.note({ groups: previous.groups });
    await request.killGroups(previous.groups);
    await lease.note({ groups: [] });
  } catch (thrown) {
    await lease.release();
    throw thrown;
  }
}

/** Process groups are numbers of one boot and one pid namespace. */
function sameMachine(a: LeaseHolder, b: LeaseHolder): boolean {
  return a.host === b.host && a.bootId === b.bootId && a.pidNamespace === b.pidNamespace;
}
