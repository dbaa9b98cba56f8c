/**
 * Room `config`: a HOCON file → the typed pipeline, with every finding located; what a configuration looks like
 * where it may be shown; references to secrets.
 *
 * Here: the description of all keys (`schema.ts`), from which decoding, the check for unknown keys and the reference
 * come; reading files, environment files and included URLs; checks over several keys (`depends-on.ts`).
 * Not here: the language HOCON (room `hocon`), what instance-types mean (room `plugin`), running.
 * To add a key: one field in `schema.ts`, its place in `pipeline.ts`; the rest follows.
 */
export { type ConfigFiles, type FileReading, machineFiles, MAX_CONFIG_BYTES } from "./config-files.ts";
export { type Explained, type Explanation, explainValue } from "./explain.ts";
export { type Loaded, loadPipeline, type LoadRequest } from "./load-pipeline.ts";
export { durationSetting } from "./duration-setting.ts";
export { sizeSetting } from "./size-setting.ts";
export {
  type Judged,
  judgedCheckpoint,
  judgedComponent,
  judgedHook,
  locateIssues,
  locateProblem,
  type SchemaIssue,
} from "./locate-issues.ts";
export type * from "./pipeline.ts";
export { configurationReference } from "./reference.ts";
export { holdsSecret } from "./secret-override.ts";
export {
  machineSecrets,
  type ResolvedSecrets,
  resolveSecrets,
  secretPlaces,
  type SecretPlaces,
  type SecretSources,
  type UnresolvedSecret,
  UnresolvedSecretsError,
} from "./resolve-secrets.ts";
export {
  BUILTIN_SECRET_SCHEMES,
  holdsSecretReference,
  parseSecretReference,
  type PlacedReference,
  type SecretReference,
  secretReferences,
} from "./secrets.ts";
export { type ConfigOrigin, configOrigins, redactorFor, runRedactor, showConfig } from "./show.ts";
