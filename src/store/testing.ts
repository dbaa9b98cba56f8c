/**
 * Second door of room `store`, for tests alone, so that no run loads it: the conformance suite that every checkpoint
 * store passes, and faults to put before one.
 */
export type { Law, StoreUnderTest } from "./conformance/law.ts";
export {
  storeConformance,
  storeLaws,
  type ConformanceOptions,
  type SuiteRunner,
} from "./conformance/store-conformance.ts";
export { withFaults, type Fault, type FaultKind } from "./wrap/faults.ts";
