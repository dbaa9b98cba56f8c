/**
 * Room `hocon`: text → resolved tree, in which every value knows its place and how it got there.
 *
 * Here: the language of `com.typesafe:config` 1.4.5 (lexer, parser, includes, merging, substitution),
 * `.properties` and strict JSON texts, durations and sizes, paths, rendering.
 * Not here: files, network and the process's environment (they come in as arguments), and anything
 * that knows what a pipeline is. To add a typed reader: one function in `read-value.ts` that gives a `Reading`.
 */
export { type FindingFacts, findingAt } from "./finding-at.ts";
export type { Syntax } from "./include-reader.ts";
export { type IncludedText, type IncludeKind, type IncludeSource, noIncludes } from "./include-source.ts";
export type * from "./node.ts";
export { nodeAt, parsePath, stepsTo } from "./path.ts";
export { type Override, type ReadRequest, type ReadResult, readHocon } from "./read-hocon.ts";
export {
  type Duration,
  type Period,
  readBoolean,
  readBytes,
  readDuration,
  readInteger,
  readList,
  readNumber,
  readObject,
  readPeriod,
  readString,
} from "./read-value.ts";
export type { Reading } from "./reading.ts";
export { renderHocon, renderJson, toJson } from "./render.ts";
export { parseBytes, parseDuration } from "./units.ts";
