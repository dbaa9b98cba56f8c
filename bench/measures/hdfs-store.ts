import { openHdfsStore } from "../../src/store/hdfs/open-hdfs-store.ts";
import { startHdfs } from "../../test/servers/hdfs/hdfs-server.ts";
import { faultProxy, type FaultProxy } from "../../test/servers/mod.ts";
import type { Row } from "../row.ts";
import { countCosts, type Measured, measureLatency } from "./store-costs.ts";

const USER = "alice";

/** A plain HDFS: counts at proxies before NameNode and DataNode, latency beside a loop of the three requests. */
export async function measureHdfs(rounds: number): Promise<Row[]> {
  await using server = await startHdfs({}, true);
  const nameNode = server.nameNodes[0]?.http ?? "";
  await using names = await faultProxy(portOf(nameNode));
  await using data = await faultProxy(portOf(server.dataNode));
  const counted = (url: string, init: RequestInit): Promise<Response> =>
    fetch(through(through(url, nameNode, names), server.dataNode, data), init);
  const ask = async (url: string, init: RequestInit): Promise<Response> => {
    const answer = await fetch(url, { method: "PUT", ...init });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  };
  const urlOf = (path: string, query: Readonly<Record<string, string>>): string =>
    `http://${nameNode}/webhdfs/v1${path}?${new URLSearchParams({ ...query, "user.name": USER }).toString()}`;
  const measured: Measured = {
    name: "HDFS",
    open: (place, isCounted) =>
      openHdfsStore(
        { scheme: "hdfs", target: `hdfs:///tmp/${place}` },
        {
          env: { HADOOP_CONF_DIR: server.folder, HADOOP_USER_NAME: USER },
          ...(isCounted && { network: { fetch: counted } }),
        },
      ),
    reset() {
      names.arm();
      data.arm();
    },
    exchanges: () => [...names.exchanges, ...data.exchanges],
    async bare(name, text) {
      const temporary = `/tmp/bare/~tmp/${name}`;
      const flags = { op: "CREATE", createflag: "CREATE,SYNC_BLOCK", noredirect: "true" };
      const answer = await ask(urlOf(temporary, flags), {});
      const { Location } = (await answer.json()) as { readonly Location: string };
      await (await ask(Location, { body: text })).text();
      const to = { op: "RENAME", destination: `/tmp/bare/${name}`, renameoptions: "NONE" };
      await (await ask(urlOf(temporary, to), {})).text();
    },
    perCompletion: 3,
    targets: undefined,
  };
  return [...(await countCosts(measured)), await measureLatency(measured, rounds)];
}

function portOf(host: string): number {
  return Number(host.split(":")[1]);
}

/** Lets what goes to `host` go to a proxy. */
function through(url: string, host: string, proxy: FaultProxy): string {
  return url.replace(`http://${host}/`, `${proxy.endpoint}/`);
}
