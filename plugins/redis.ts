/**
 * Checkpoints in Redis: the worked example of a store over five operations (docs/custom-store.md).
 *
 * Each object is a field of two hashes, its text and its time; a sorted set of all keys gives complete listings in
 * order. Every operation is one Lua script, which Redis runs as a whole, so that nobody sees half of it. The time is
 * Redis's own.
 */
import { RedisClient } from "bun";
import { defineCheckpointStore, type ObjectOperations, type StoreDefinition, storeError, v } from "cairn";

const WRITE = `
local now = redis.call('TIME')
redis.call('HSET', KEYS[2], ARGV[1], now[1] * 1000 + math.floor(now[2] / 1000))
redis.call('ZADD', KEYS[3], 0, ARGV[1])
return 1`;

const PUT_IF_ABSENT = `if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end${WRITE}`;

const PUT = `redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])${WRITE}`;

const GET = `return redis.call('HGET', KEYS[1], ARGV[1])`;

const LIST = `
local found = {}
for _, key in ipairs(redis.call('ZRANGEBYLEX', KEYS[3], ARGV[1], ARGV[2])) do
  found[#found + 1] = { key, redis.call('HSTRLEN', KEYS[1], key), redis.call('HGET', KEYS[2], key) }
end
return found`;

const DELETE = `
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])`;

/** What comes after every key that begins with a prefix: keys are made of a-z 0-9 . _ - and /. */
const AFTER_ALL = "~";

/** Where the checkpoints of a location lie if its path doesn't say. */
const DEFAULT_PREFIX = "checkpoints";

const CONNECT_MS = 5_000;

/** `pipeline.checkpoint.store`. */
interface Settings {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly durability: "checked" | "trusted";
}

const settings: v.GenericSchema<unknown, Settings> = v.object({
  username: v.optional(v.string()),
  password: v.optional(v.pipe(v.string(), v.description('e.g. "secret://env/REDIS_PASSWORD"'))),
  durability: v.optional(
    v.pipe(
      v.picklist(["checked", "trusted"]),
      v.description(
        "checked: refuses a server that may lose or evict what it has answered; trusted: doesn't ask it",
      ),
    ),
    "checked",
  ),
});

interface Place {
  /** For people: without credentials. */
  readonly shown: string;
  /** For the client. */
  readonly url: string;
  readonly prefix: string;
}

/** `redis://[user:password@]host[:port][/database[/prefix]]`. */
function placeOf(location: string, { username, password }: Settings): Place {
  const url = URL.canParse(location) ? new URL(location) : undefined;
  const path = /^\/*(?:(\d+)(?:\/+(.*?))?)?\/*$/u.exec(decodeURIComponent(url?.pathname ?? ""));
  if (url === undefined || url.hostname === "" || path === null) {
    throw storeError("STORE_BAD_LOCATION", "Cannot read the location of a Redis store", {
      hint: "Write redis://host:6379, redis://host:6379/0 or redis://host:6379/0/some/prefix.",
    });
  }
  const [, database = "0", prefix = DEFAULT_PREFIX] = path;
  const host = `${url.protocol}//${url.host}`;
  const client = new URL(`${host}/${database}`);
  client.username = username === undefined ? url.username : encodeURIComponent(username);
  client.password = password === undefined ? url.password : encodeURIComponent(password);
  return { shown: `${host}/${database}/${prefix}`, url: client.href, prefix: prefix || DEFAULT_PREFIX };
}

/** First words of answers that say: later, perhaps. */
const PASSING = new Set([
  "LOADING",
  "BUSY",
  "TRYAGAIN",
  "MASTERDOWN",
  "CLUSTERDOWN",
  "READONLY",
  "NOREPLICAS",
]);
const FULL = new Set(["OOM", "MISCONF"]);
const REFUSED = new Set(["NOAUTH", "WRONGPASS", "NOPERM"]);

/** One handle: a connection that is made when it is needed, and made anew when it broke. */
class RedisObjects implements ObjectOperations {
  readonly location: string;
  readonly timeGrainMs = 1;
  readonly #place: Place;
  readonly #isTrusted: boolean;
  readonly #keys: readonly string[];
  #open: RedisClient | undefined;
  #connecting: Promise<RedisClient> | undefined;
  #checked = false;

  constructor(place: Place, config: Settings) {
    this.#place = place;
    this.#isTrusted = config.durability === "trusted";
    this.location = place.shown;
    this.#keys = ["text", "time", "keys"].map((part) => `cairn:{${place.prefix}}:${part}`);
  }

  async putIfAbsent(key: string, text: string, signal?: AbortSignal): Promise<boolean> {
    await this.#checkDurability(signal);
    return (await this.#run(PUT_IF_ABSENT, [key, text], signal)) === 1;
  }

  async put(key: string, text: string, signal?: AbortSignal): Promise<void> {
    await this.#checkDurability(signal);
    await this.#run(PUT, [key, text], signal);
  }

  async get(key: string, signal?: AbortSignal): Promise<string | undefined> {
    return ((await this.#run(GET, [key], signal)) as string | null) ?? undefined;
  }

  async list(prefix: string, after = "", signal?: AbortSignal): ReturnType<ObjectOperations["list"]> {
    const from = after >= prefix && after !== "" ? `(${after}` : `[${prefix}`;
    const found = await this.#run(LIST, [from, `(${prefix}${AFTER_ALL}`], signal);
    return (found as [string, number, string][]).map(([key, size, at]) => ({
      key,
      size,
      modifiedAt: Number(at),
    }));
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    await this.#run(DELETE, [key], signal);
  }

  async time(signal?: AbortSignal): Promise<number> {
    const [seconds, micros] = (await this.#send("TIME", [], signal)) as [string, string];
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  async close(): Promise<void> {
    // One that is being made is closed as soon as it stands.
    this.#connecting?.then(
      (client) => client.close(),
      () => undefined,
    );
    this.#forget();
  }

  #run(script: string, args: readonly string[], signal: AbortSignal | undefined): Promise<unknown> {
    return this.#send("EVAL", [script, String(this.#keys.length), ...this.#keys, ...args], signal);
  }

  /** Sends one command. Nothing is repeated here: who calls does that, and counts the time. */
  async #send(command: string, args: string[], signal: AbortSignal | undefined): Promise<unknown> {
    signal?.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => {
      // A connection that gives no answer will give none to others either.
      void this.close();
      aborted.reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    const answer = async (): Promise<unknown> => (await this.#client()).send(command, args);
    try {
      return await Promise.race([answer(), aborted.promise]);
    } catch (thrown) {
      signal?.throwIfAborted();
      throw this.#error(thrown);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  #client(): Promise<RedisClient> {
    if (this.#open?.connected === false) this.#forget();
    if (this.#connecting !== undefined) return this.#connecting;
    const connecting = connect(this.#place.url);
    this.#connecting = connecting;
    connecting.then(
      (client) => {
        if (this.#connecting === connecting) this.#open = client;
      },
      () => {
        if (this.#connecting === connecting) this.#forget();
      },
    );
    return connecting;
  }

  #forget(): void {
    this.#open?.close();
    this.#open = undefined;
    this.#connecting = undefined;
  }

  #error(thrown: unknown): unknown {
    if (!(thrown instanceof Error) || !("code" in thrown)) return thrown;
    const { shown } = this.#place;
    const facts = { cause: thrown, details: { location: shown } };
    if (thrown.code === "ERR_REDIS_SERVER_ERROR") {
      const word = thrown.message.split(" ", 1)[0] ?? "";
      const message = `Redis at "${shown}" refused a command: ${thrown.message}`;
      if (PASSING.has(word)) return storeError("STORE_UNAVAILABLE", message, facts);
      if (FULL.has(word)) return storeError("STORE_FULL", message, facts);
      if (REFUSED.has(word)) return storeError("STORE_NOT_WRITABLE", message, facts);
      return thrown;
    }
    if (!String(thrown.code).startsWith("ERR_REDIS_")) return thrown;
    return storeError("STORE_UNAVAILABLE", `Cannot reach Redis at "${shown}": ${thrown.message}`, {
      ...facts,
      hint: "Is the server up, and are user name and password right? Redis closes the connection where they aren't.",
    });
  }

  /** Before the first write: an answer must mean that the write is on the disk and stays there. */
  async #checkDurability(signal: AbortSignal | undefined): Promise<void> {
    if (this.#checked || this.#isTrusted) return;
    const names = ["appendonly", "appendfsync", "maxmemory", "maxmemory-policy"];
    const answer = await this.#send("CONFIG", ["GET", ...names], signal).catch((thrown: unknown) => {
      if (isUnavailable(thrown)) throw thrown;
      throw this.#unsafe("it doesn't tell its settings (CONFIG GET is refused)", thrown);
    });
    const config = answer as Readonly<Record<string, string | undefined>>;
    if (config["appendonly"] !== "yes" || config["appendfsync"] !== "always") {
      throw this.#unsafe(
        "a crash of the server would lose what it has answered (appendonly yes, appendfsync always are needed)",
      );
    }
    const policy = config["maxmemory-policy"] ?? "";
    if (config["maxmemory"] !== "0" && policy.startsWith("allkeys")) {
      throw this.#unsafe(
        `it may throw checkpoints away when memory is short (maxmemory-policy is ${policy})`,
      );
    }
    this.#checked = true;
  }

  #unsafe(why: string, cause?: unknown): Error {
    return storeError("STORE_UNSUPPORTED", `Cannot keep checkpoints in Redis at "${this.location}": ${why}`, {
      hint: 'Change the server\'s settings, or, where you know that it keeps what it answers, set pipeline.checkpoint.store.durability = "trusted".',
      cause,
    });
  }
}

function isUnavailable(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "STORE_UNAVAILABLE";
}

async function connect(url: string): Promise<RedisClient> {
  // No queue and no reconnecting of the client's own: what fails must be seen, or writes come late and out of turn.
  const client = new RedisClient(url, {
    autoReconnect: false,
    enableOfflineQueue: false,
    connectionTimeout: CONNECT_MS,
  });
  await client.connect();
  return client;
}

const redis: StoreDefinition<typeof settings> = defineCheckpointStore({
  scheme: "redis",
  description: "Checkpoints in Redis, for locations such as redis://host:6379/0/prefix.",
  config: settings,
  open: ({ location, config }) => new RedisObjects(placeOf(location, config), config),
});

export default redis;
