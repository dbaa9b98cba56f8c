import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import redis from "../../plugins/redis.ts";
import { CairnError } from "../../src/base/mod.ts";
import type { CheckpointStore } from "../../src/store/mod.ts";
import { storeConformance } from "../../src/store/testing.ts";
import { tempDir } from "../kit/mod.ts";
import { serverFor } from "../servers/mod.ts";
import { type RedisServer, startRedis } from "../servers/redis/redis.ts";

const dir = tempDir("cairn-redis-");
const server = await serverFor("redis", (mayInstall) => {
  mkdirSync(dir.join("data"));
  return startRedis({ folder: dir.join("data"), mayInstall });
});
afterAll(async () => {
  await server?.stop();
  dir[Symbol.dispose]();
});

const config = { durability: "checked" } as const;
/** Short, because one law waits until a lease has run out; long enough for a busy machine. */
const LEASE_MS = 3_000;
let places = 0;

/** A location of its own on the server. */
function freshLocation({ port }: RedisServer): string {
  return `redis://127.0.0.1:${port}/0/test-${++places}`;
}

/** Cuts the text of a log's last record, as no writer of ours could. */
async function tearLast(location: string, log: string): Promise<void> {
  const { host, pathname } = new URL(location);
  const [, database, prefix] = pathname.split("/");
  const client = new Bun.RedisClient(`redis://${host}/${database}`);
  const key = `cairn:{${prefix}}:text`;
  const last = (await client.hkeys(key)).filter((each) => each.startsWith(`${log}.log/`)).toSorted();
  await client.hset(key, last.at(-1) ?? "", '{"seq":');
  client.close();
}

async function failure(work: Promise<unknown>): Promise<CairnError> {
  const thrown = await work.then(String, (error: unknown) => error);
  if (thrown instanceof CairnError) return thrown;
  throw new Error(`no error of a store: ${String(thrown)}`);
}

describe.skipIf(server === undefined)("Redis", () => {
  if (server === undefined) return;
  storeConformance({
    name: "redis",
    runner: { describe, test },
    async open() {
      const location = freshLocation(server);
      const handles: CheckpointStore[] = [];
      const another = async (): Promise<CheckpointStore> => {
        const store = await redis.open({ location, config, leaseMs: LEASE_MS });
        handles.push(store);
        return store;
      };
      return {
        store: await another(),
        another,
        tear: (log) => tearLast(location, log),
        async die(store) {
          await store.close();
          await Bun.sleep(LEASE_MS + 100);
        },
        async [Symbol.asyncDispose]() {
          for (const store of handles) await store.close();
        },
      };
    },
  });

  test("locations with different prefixes or databases don't see each other", async () => {
    const locations = ["0/a", "0/b", "1/a", "0", ""].map(
      (path) => `redis://127.0.0.1:${server.port}/${path}`,
    );
    for (const location of locations) {
      const store = await redis.open({ location, config });
      // The last two are one place: database 0 with the default prefix.
      expect(await store.append("log", 1, '{"seq":1,"x":1}')).toMatchObject({
        taken: location.endsWith("/"),
      });
      await store.close();
    }
  });

  test.each(["redis:", "redis://", "redis://host/name", "redis://host/name/0"])(
    "%s is no location",
    async (location) => {
      expect(await failure(redis.open({ location, config }))).toMatchObject({
        code: "STORE_BAD_LOCATION",
        kind: "config",
      });
    },
  );

  test("credentials are used and not shown", async () => {
    mkdirSync(dir.join("closed"));
    const closed = await startRedis({
      folder: dir.join("closed"),
      mayInstall: false,
      more: ["--requirepass", "ge:heim/1"],
    });
    try {
      const place = `127.0.0.1:${closed.port}/0`;
      for (const [location, own] of [
        [`redis://:${encodeURIComponent("ge:heim/1")}@${place}`, config],
        [`redis://${place}`, { ...config, password: "ge:heim/1" }],
      ] as const) {
        const store = await redis.open({ location, config: own });
        expect(store.location).toBe(`redis://${place}/checkpoints`);
        expect(await store.logs("")).toEqual([]);
        await store.close();
      }
      const store = await redis.open({ location: `redis://:wrong-one@${place}`, config });
      const error = await failure(store.logs(""));
      expect(error).toMatchObject({ code: "STORE_UNAVAILABLE" });
      expect(`${error.message} ${error.hint}`).not.toContain("wrong-one");
      expect(error.hint).toContain("password");
      await store.close();
    } finally {
      await closed.stop();
    }
  });

  test.each([
    [["--appendfsync", "everysec"], "a crash of the server would lose"],
    [["--appendonly", "no"], "a crash of the server would lose"],
    [["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"], "it may throw checkpoints away"],
    [["--rename-command", "CONFIG", ""], "CONFIG GET is refused"],
  ] as const)(
    "a server started with %j is refused before the first write, unless trusted",
    async (more, why) => {
      const folder = dir.join(more.join("_"));
      mkdirSync(folder);
      const loose = await startRedis({ folder, mayInstall: false, more });
      try {
        const location = `redis://127.0.0.1:${loose.port}`;
        const record = '{"seq":1,"x":1}';
        const checked = await redis.open({ location, config });
        const error = await failure(checked.append("log", 1, record));
        expect(error).toMatchObject({ code: "STORE_UNSUPPORTED", kind: "world" });
        expect(error.message).toContain(why);
        expect(await checked.logs("")).toEqual([]);
        const trusted = await redis.open({ location, config: { durability: "trusted" } });
        expect(await trusted.append("log", 1, record)).toEqual({ taken: false });
        await checked.close();
        await trusted.close();
      } finally {
        await loose.stop();
      }
    },
  );

  test("a server that goes and comes back is an error that may pass, and what it answered is there", async () => {
    const folder = dir.join("restarted");
    mkdirSync(folder);
    const first = await startRedis({ folder, mayInstall: false });
    const { port } = first;
    const store = await redis.open({ location: `redis://127.0.0.1:${port}`, config });
    try {
      expect(await store.append("log", 1, '{"seq":1,"x":1}')).toEqual({ taken: false });
    } finally {
      await first.stop();
    }
    expect(await failure(store.append("log", 2, '{"seq":2,"x":1}'))).toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    const second = await startRedis({ folder, mayInstall: false, port });
    try {
      expect(await store.append("log", 2, '{"seq":2,"x":1}')).toEqual({ taken: false });
      expect((await store.read("log")).map(({ seq }) => seq)).toEqual([1, 2]);
    } finally {
      await store.close();
      await second.stop();
    }
  });

  test("a server that doesn't answer leaves nobody waiting longer than he wants", async () => {
    const folder = dir.join("mute");
    mkdirSync(folder);
    const mute = await startRedis({ folder, mayInstall: false });
    const store = await redis.open({ location: `redis://127.0.0.1:${mute.port}`, config });
    const client = new Bun.RedisClient(`redis://127.0.0.1:${mute.port}`);
    try {
      await store.logs("");
      const pid = Number(/process_id:(\d+)/u.exec(String(await client.send("INFO", ["server"])))?.[1]);
      process.kill(pid, "SIGSTOP");
      const reason = new Error("enough");
      const thrown = await store
        .read("log", 1, AbortSignal.any([abortedAfter(200, reason)]))
        .catch((error: unknown) => error);
      expect(thrown).toBe(reason);
      process.kill(pid, "SIGCONT");
      expect(await store.read("log")).toEqual([]);
    } finally {
      client.close();
      await store.close();
      await mute.stop();
    }
  });
});

function abortedAfter(ms: number, reason: Error): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), ms);
  return controller.signal;
}
