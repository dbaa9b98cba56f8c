/**
 * Room `base`: what every other room stands on: the error class and findings, clock and
 * chance as arguments, JSON in one spelling, hashing, redaction, words for people.
 *
 * Not here: anything that knows of pipelines, stores or plugins, and anything that does I/O.
 * To add a part: one file named for what it exports, and one line below.
 */
export * from "./clock.ts";
export * from "./duration-text.ts";
export * from "./error.ts";
export * from "./finding.ts";
export * from "./findings-text.ts";
export * from "./json.ts";
export * from "./nearest.ts";
export * from "./own-command.ts";
export * from "./random.ts";
export * from "./redact.ts";
export * from "./redact-finding.ts";
export * from "./sha256.ts";
export * from "./start-timer.ts";
export * from "./take-stream.ts";
export * from "./version.ts";
