/**
 * The module `cairn/testing`: what plugin authors test with. It needs no test framework itself, so that it
 * works under `bun test` and any other.
 *
 * Not here: what plugins are written with (`mod.ts`). To add a part: a file in `testing/`, its export below,
 * its paragraph in docs/plugins/testing.md.
 */
export {
  type ConformanceOptions,
  type Fault,
  type FaultKind,
  type Law,
  storeConformance,
  storeLaws,
  type StoreUnderTest,
  type SuiteRunner,
  withFaults,
} from "../store/testing.ts";
export { type FakeClock, fakeClock } from "./testing/fake-clock.ts";
export {
  type TestableComponent,
  testComponent,
  type TestOptions,
  type TestRun,
} from "./testing/test-component.ts";
export type { TestIntent, TestPublished } from "./testing/test-outside.ts";
export type { TestArtifact, TestCrash, TestLog, TestProgress, TestStep } from "./testing/test-context.ts";
