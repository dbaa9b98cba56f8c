import { type Clock, isoTime, uuid } from "../base/mod.ts";
import { type LeaseHolder, processFacts } from "../store/mod.ts";

/** Who this runner is, as a lease says it. */
export function leaseHolder(clock: Clock): LeaseHolder {
  return { id: uuid(), ...processFacts(), since: isoTime(clock.now()), groups: [] };
}
