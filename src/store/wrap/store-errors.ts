import { CairnError, messageOf } from "../../base/mod.ts";
import { storeError } from "../errors.ts";
import type { AppendResult, CheckpointStore, StoredRecord, StoreShortcuts } from "../store.ts";
import { wrapShortcuts } from "./wrap-shortcuts.ts";

/**
 * Makes a store of a plugin one that the runner can rely on: what its calls throw are errors of stores, and what they
 * answer has the shape of answers. Errors of Cairn, and those of an aborted signal, pass as they are.
 *
 * Errors: STORE_IO for whatever else was thrown, STORE_BAD_ANSWER.
 */
export function withStoreErrors(store: CheckpointStore): CheckpointStore {
  const call = <T>(
    name: string,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
    isAnswer: (answer: unknown) => boolean,
  ): Promise<T> => checked({ location: store.location, name, signal, isAnswer }, work);
  return {
    location: store.location,
    can: store.can,
    shortcuts: store.shortcuts && checkedShortcuts(store.location, store.shortcuts),
    append: (log, seq, text, signal) =>
      call("append", signal, async () => store.append(log, seq, text, signal), isAppendResult),
    read: (log, from, signal) => call("read", signal, async () => store.read(log, from, signal), isRecords),
    last: (log, signal) =>
      call(
        "last",
        signal,
        async () => store.last(log, signal),
        (answer) => isAbsent(answer) || isRecord(answer),
      ),
    logs: (prefix, signal) => call("logs", signal, async () => store.logs(prefix, signal), isNames),
    remove: (log, seqs, signal) =>
      call(
        "remove",
        signal,
        async () => store.remove(log, seqs, signal),
        () => true,
      ),
    takeLease: (name, holder, signal) =>
      call("takeLease", signal, async () => store.takeLease(name, holder, signal), isLeaseAnswer),
    ...(store.adoptLease && { adoptLease: store.adoptLease.bind(store) }),
    leaseHolder: (name, signal) =>
      call(
        "leaseHolder",
        signal,
        async () => store.leaseHolder(name, signal),
        () => true,
      ),
    time: (signal) => call("time", signal, async () => store.time(signal), isTime),
    writtenAt: (log, signal) =>
      call(
        "writtenAt",
        signal,
        async () => store.writtenAt(log, signal),
        (answer) => isAbsent(answer) || isTime(answer),
      ),
    close: () =>
      call(
        "close",
        undefined,
        async () => store.close(),
        () => true,
      ),
  };
}

function checkedShortcuts(location: string, shortcuts: StoreShortcuts): StoreShortcuts {
  const isAnswer = (): boolean => true;
  return wrapShortcuts(shortcuts, (name, signal, work) =>
    checked({ location, name, signal, isAnswer }, () => work(signal)),
  );
}

interface Call {
  readonly location: string;
  readonly name: string;
  readonly signal: AbortSignal | undefined;
  readonly isAnswer: (answer: unknown) => boolean;
}

async function checked<T>({ location, name, signal, isAnswer }: Call, work: () => Promise<T>): Promise<T> {
  let answer: T;
  try {
    answer = await work();
  } catch (thrown) {
    signal?.throwIfAborted();
    throw asStoreError(location, name, thrown);
  }
  if (isAnswer(answer)) return answer;
  throw badAnswer(location, name, answer);
}

/** What a plugin threw, as an error of a store. */
function asStoreError(location: string, call: string, thrown: unknown): Error {
  if (thrown instanceof CairnError) return thrown;
  if (thrown instanceof Error && thrown.name === "AbortError") return thrown;
  return storeError("STORE_IO", `The checkpoint store "${location}" failed (${call}): ${messageOf(thrown)}`, {
    cause: thrown,
    hint: "See what the store's server or its plugin says. What was recorded is intact.",
  });
}

function badAnswer(location: string, call: string, answer: unknown): Error {
  return storeError(
    "STORE_BAD_ANSWER",
    `The checkpoint store "${location}" gave ${describe(answer)} as the answer to "${call}"`,
    { hint: "Its plugin is wrong: run the conformance suite of cairn/testing on it." },
  );
}

function describe(answer: unknown): string {
  const text = JSON.stringify(answer) as string | undefined;
  return text === undefined ? String(answer) : text.slice(0, LONGEST_SHOWN);
}

/** Characters of an answer that a message shows. */
const LONGEST_SHOWN = 100;

function isObject(answer: unknown): answer is Readonly<Record<string, unknown>> {
  return typeof answer === "object" && answer !== null;
}

function isAbsent(answer: unknown): boolean {
  return answer === undefined;
}

function isText(answer: unknown): boolean {
  return typeof answer === "string";
}

function isAppendResult(answer: unknown): boolean {
  if (!isObject(answer)) return false;
  const { taken, present } = answer as Partial<Record<keyof (AppendResult & { taken: true }), unknown>>;
  return typeof taken === "boolean" && (isAbsent(present) || isText(present));
}

function isRecord(answer: unknown): boolean {
  if (!isObject(answer)) return false;
  const { seq, text } = answer as Partial<Record<keyof StoredRecord, unknown>>;
  return Number.isSafeInteger(seq) && (isAbsent(text) || isText(text));
}

function isRecords(answer: unknown): boolean {
  return Array.isArray(answer) && answer.every(isRecord);
}

function isNames(answer: unknown): boolean {
  return Array.isArray(answer) && answer.every(isText);
}

function isLeaseAnswer(answer: unknown): boolean {
  return (
    isObject(answer) && typeof answer["held"] === "boolean" && (answer["held"] || isObject(answer["lease"]))
  );
}

function isTime(answer: unknown): boolean {
  return typeof answer === "number" && Number.isFinite(answer);
}
