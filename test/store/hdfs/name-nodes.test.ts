import { expect, test } from "bun:test";
import { readHadoopConfig } from "../../../src/store/hadoop/hadoop-config.ts";
import { parseHdfsLocation } from "../../../src/store/hdfs/hdfs-location.ts";
import { nameNodesOf, type NameNodes } from "../../../src/store/hdfs/name-nodes.ts";

function nameNodes(location: string, settings: Readonly<Record<string, string>> = {}): NameNodes {
  return nameNodesOf(parseHdfsLocation(location), readHadoopConfig({ files: [], over: settings, env: {} }));
}

const HA = {
  "fs.defaultFS": "hdfs://prod",
  "dfs.nameservices": "prod, other",
  "dfs.ha.namenodes.prod": "nn1, nn2",
  "dfs.namenode.rpc-address.prod.nn1": "m1.example.com:8020",
  "dfs.namenode.rpc-address.prod.nn2": "m2.example.com:8020",
  "dfs.namenode.http-address.prod.nn1": "m1.example.com:50070",
  "dfs.namenode.http-address.prod.nn2": "0.0.0.0:50070",
  "dfs.namenode.https-address.prod.nn1": "m1.example.com:50470",
  "dfs.namenode.http-address.other": "o.example.com:9870",
  "dfs.namenode.rpc-address.other": "o.example.com:8020",
};

test("the default file system may be a nameservice: all its NameNodes are asked", () => {
  const found = nameNodes("hdfs:///data", HA);
  expect(found.urls).toEqual(["http://m1.example.com:50070", "http://m2.example.com:50070"]);
  expect(found.services).toContain("ha-hdfs:prod");
  expect(nameNodes("hdfs://prod/data", HA)).toEqual(found);
  expect(nameNodes("webhdfs://prod/data", HA).urls).toEqual([...found.urls]);
});

test("a cluster that answers over https alone is asked there", () => {
  const secure = { ...HA, "dfs.http.policy": "HTTPS_ONLY" };
  const urls = ["https://m1.example.com:50470", "https://m2.example.com:9871"];
  expect(nameNodes("hdfs:///data", secure).urls).toEqual(urls);
  expect(nameNodes("swebhdfs://prod/data", HA).urls).toEqual(urls);
});

test("a nameservice of one NameNode, and one NameNode of a nameservice, are found by their names", () => {
  expect(nameNodes("hdfs://other/data", HA)).toEqual({
    urls: ["http://o.example.com:9870"],
    services: ["o.example.com:8020", "o.example.com:9870"],
  });
  expect(nameNodes("hdfs://m1.example.com:8020/data", HA).urls).toEqual(["http://m1.example.com:50070"]);
  expect(nameNodes("hdfs://m2.example.com/data", HA).urls).toEqual(["http://m2.example.com:50070"]);
});

test("a host that no setting names is asked on the usual port", () => {
  expect(nameNodes("hdfs://nn:8020/data").urls).toEqual(["http://nn:9870"]);
  expect(nameNodes("hdfs://nn:8020/data", { "dfs.http.policy": "HTTPS_ONLY" }).urls).toEqual([
    "https://nn:9871",
  ]);
  expect(nameNodes("webhdfs://nn/data").urls).toEqual(["http://nn:9870"]);
  expect(nameNodes("webhdfs://nn:14000/data").urls).toEqual(["http://nn:14000"]);
  expect(nameNodes("swebhdfs://nn/data").urls).toEqual(["https://nn:9871"]);
  expect(nameNodes("webhdfs://[::1]:9870/data").urls).toEqual(["http://[::1]:9870"]);
});

test("without an address for RPC the default file system's counts", () => {
  const settings = { "fs.defaultFS": "hdfs://nn", "dfs.namenode.http-address": "0.0.0.0:50070" };
  expect(nameNodes("hdfs:///data", settings).urls).toEqual(["http://nn:50070"]);
  expect(nameNodes("hdfs://nn:8020/data", settings).urls).toEqual(["http://nn:50070"]);
});

test("a location without a host, where no setting says whose it is, is refused and the settings named", () => {
  for (const settings of [{}, { "fs.defaultFS": "viewfs://all/" }, { "fs.defaultFS": "hdfs:///" }]) {
    expect(() => nameNodes("hdfs:///data", settings)).toThrow("fs.defaultFS is");
  }
  expect(() => nameNodes("hdfs://x/data", { "dfs.ha.namenodes.x": "a" })).toThrow(
    "dfs.namenode.http-address.x.a",
  );
});
