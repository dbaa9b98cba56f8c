/**
 * Room `sdk`: what plugins import as `cairn`: definitions of components, hooks, stores and secret
 * providers, the context types, the typed errors, and valibot as `v`. `pluginExports` is what plugins get of it as values;
 * the rest (reading and describing configurations, results, steps) is for the rooms above and for tests.
 *
 * Not here: finding and loading plugins (room `plugin`), running them (room `run`).
 * To add a definition: a `define…` function in a file of its own, its export below, its page in docs/plugins/.
 */
export * as v from "valibot";
export type * from "./component.ts";
export { type ComponentSpark, type OpenSpark, openSpark, type SparkAttempt } from "./component-spark.ts";
export {
  CalendarInterval,
  type Column,
  type DataFrame,
  Decimal,
  functions,
  Geography,
  Geometry,
  Observation,
  type Row,
  type SparkInput,
  type SparkValue,
  StorageLevel,
  Variant,
  Window,
} from "../spark/mod.ts";
export { compareContracts, type ContractProblem } from "./contract/compare.ts";
export {
  type ContractField,
  type ContractOption,
  type ContractSource,
  type InputContract,
  inputFrom,
  isFieldList,
  type SchemaContract,
} from "./contract/contract.ts";
export { checkInputs, checkProduced, type ContractOrder } from "./contract/violation.ts";
export { type ComponentOptions, defineComponent, type PlainConfig } from "./define-component.ts";
export {
  defineCheckpointStore,
  type OpenedStore,
  type StoreDefinition,
  type StoreOpening,
  type StoreOptions,
  type StoreRequest,
} from "./define-checkpoint-store.ts";
export {
  defineSecretProvider,
  type SecretProvider,
  type SecretProviderDefinition,
  type SecretProviderOptions,
  type SecretProviderRequest,
} from "./define-secret-provider.ts";
export {
  type CheckpointStore,
  type ListedObject,
  type ObjectOperations,
  openObjectStore,
  storeError,
} from "../store/mod.ts";
export { bindHooks, defineHooks, type HooksDefinition, type HooksOptions } from "./define-hooks.ts";
export {
  PermanentError,
  SkipComponent,
  type Steering,
  steeringOf,
  TransientError,
  type TypedErrorOptions,
} from "./errors.ts";
export * from "./hooks.ts";
export { jsonResult, MAX_RESULT_BYTES } from "./json-result.ts";
export type { ConfigIssue, ConfigPath } from "./schema/conversion.ts";
export { type ConfigInput, type DecodedConfig, decodeConfig, pathKey } from "./schema/decode-config.ts";
export { describeSchema, type SchemaField } from "./schema/describe-schema.ts";
export type * from "./intent.ts";
export { type IntentKeeper, type KnownAction, makeIntent } from "./make-intent.ts";
export { AttemptOutputs, type OutputKeeper } from "./make-output.ts";
export { CONTEXT_FACTS, type ContextFacts } from "./context-facts.ts";
export { makeOutputs } from "./make-outputs.ts";
export type * from "./output.ts";
export { makeStep, type StepKeeper } from "./make-step.ts";
export { pluginExports } from "./plugin-exports.ts";
export { type OnceContext, type OnceOperation, type OnceWrite, sparkOnce } from "./spark-once.ts";
