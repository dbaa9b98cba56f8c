import { afterAll } from "bun:test";
import { openHdfsStore, type HdfsStoreOptions } from "../../../src/store/hdfs/open-hdfs-store.ts";
import type { CheckpointStore } from "../../../src/store/mod.ts";
import type { StoreUnderTest } from "../../../src/store/testing.ts";
import { startHdfs, type HdfsServer, type HdfsServerOptions } from "../../servers/hdfs/hdfs-server.ts";
import { serverFor } from "../../servers/mod.ts";

/** An HDFS for one test file; undefined where it can't be had. */
export async function hdfsForFile(
  name: string,
  options: HdfsServerOptions = {},
): Promise<HdfsServer | undefined> {
  const started = await serverFor(name, (mayInstall) => startHdfs(options, mayInstall));
  afterAll(async () => started?.[Symbol.asyncDispose]());
  return started;
}

let places = 0;

/** The path of a new, empty location. */
export function newPath(): string {
  places++;
  return `/tmp/place-${places}/checkpoints`;
}

/** Opens a location as the user alice does whose HADOOP_CONF_DIR says where the cluster is. */
export function openHdfs(
  server: HdfsServer,
  path: string,
  { scheme = "hdfs", ...options }: HdfsStoreOptions & { readonly scheme?: string } = {},
): Promise<CheckpointStore> {
  const env = { HADOOP_CONF_DIR: server.folder, HADOOP_USER_NAME: "alice", ...options.env };
  const target = path.startsWith("//") ? `${scheme}:${path}` : `${scheme}://${path}`;
  return openHdfsStore({ scheme, target }, { ...options, env });
}

/** Laws that are proved on the plain cluster; on the others they take a minute more, which the soak counts have. */
export const LEFT_OUT: Readonly<Record<string, string>> =
  process.env["CAIRN_TEST_LONG"] === "1"
    ? {}
    : {
        "a log of 1,000 records is read in order, from any number on, and its last record alone":
          "a minute here; part of the soak counts",
      };

/** How long one law may take, in ms: a busy machine has a whole cluster beside the test. */
export const LAW_MS = 180_000;

const HOUR_MS = 3_600_000;
const DIGITS = 12;

/** A bench for the conformance suite; `open` opens a further handle on a path. */
export async function hdfsBench(
  server: HdfsServer,
  open: (path: string) => Promise<CheckpointStore> = (path) => openHdfs(server, path),
): Promise<StoreUnderTest> {
  const path = newPath();
  const opened: CheckpointStore[] = [];
  const another = async (): Promise<CheckpointStore> => {
    const store = await open(path);
    opened.push(store);
    return store;
  };
  const store = await another();
  return {
    store,
    another,
    async tear(log) {
      const last = await store.last(log);
      const file = `${path}/${log}.log/${String(last?.seq).padStart(DIGITS, "0")}`;
      if (last !== undefined) await server.act(`write?path=${file}&text=${encodeURIComponent('{"seq":')}`);
    },
    async die(dead) {
      await dead.close();
      await server.act(`age?path=${path}&ms=${HOUR_MS}`);
    },
    async [Symbol.asyncDispose]() {
      for (const handle of opened) await handle.close();
    },
  };
}
