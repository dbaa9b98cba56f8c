/** An object in a listing. */
export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last written, by the store's own clock, in ms since the epoch. */
  readonly modifiedAt: number;
}

/**
 * What an object-like store has to offer: five operations and its time. `openObjectStore` makes a whole checkpoint
 * store of them. Keys are relative paths of segments `[a-z0-9._-]`; no key is ever also the folder of another.
 *
 * Laws:
 *
 * 1. Of any number of concurrent `putIfAbsent` of one key exactly one answers true, and the object then has its text
 *    for good, whole: nobody ever sees the name without the content.
 * 2. When `putIfAbsent` or `put` has answered, the object is durable, and `get` and `list` of anybody show it at once.
 * 3. `putIfAbsent` answers false only where an object of that key was there at some time during the call; it throws
 *    where it can't know. A write that threw may or may not have happened.
 * 4. `list` is complete: a listing that was cut off is an error, never a short answer.
 * 5. `modifiedAt` and `time` are of one clock, the store's, and it never goes back by more than `timeGrainMs`.
 *
 * No operation retries by itself. Failures that may pass are CairnErrors with the code STORE_UNAVAILABLE.
 */
export interface ObjectOperations {
  /** The resolved location as people should see it. */
  readonly location: string;
  /** How coarse the store's times are, in ms: 1,000 where it tells whole seconds. */
  readonly timeGrainMs: number;
  /** Writes an object that must not be there; false where it is. */
  putIfAbsent(key: string, text: string, signal?: AbortSignal): Promise<boolean>;
  /** Writes an object, in place of what is there. */
  put(key: string, text: string, signal?: AbortSignal): Promise<void>;
  /** The text of an object; undefined where there is none. */
  get(key: string, signal?: AbortSignal): Promise<string | undefined>;
  /** All objects whose keys begin with `prefix` and come after `after`, in code unit order of their keys. */
  list(prefix: string, after?: string, signal?: AbortSignal): Promise<readonly ListedObject[]>;
  /**
   * What stands directly below `prefix` (empty, or ending in `/`) and has objects below it: each key up to its next
   * slash, that included. Optional: without it `list` is asked, which costs as much as there are objects.
   */
  folders?(prefix: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** Removes an object, which may be missing. */
  delete(key: string, signal?: AbortSignal): Promise<void>;
  /** The time by the store's own clock, in ms since the epoch. */
  time(signal?: AbortSignal): Promise<number>;
  close(): Promise<void>;
}
