import { expect, test } from "bun:test";
import { parseHdfsLocation } from "../../../src/store/hdfs/hdfs-location.ts";

const READ: readonly (readonly [
  text: string,
  host: string,
  port: number | undefined,
  path: string,
  shown: string,
])[] = [
  ["hdfs:///data/checkpoints", "", undefined, "/data/checkpoints", "hdfs:///data/checkpoints"],
  ["hdfs:/data/checkpoints/", "", undefined, "/data/checkpoints", "hdfs:///data/checkpoints"],
  ["hdfs:///", "", undefined, "", "hdfs:///"],
  ["HDFS://prod/data", "prod", undefined, "/data", "hdfs://prod/data"],
  ["hdfs://nn1.example.com:8020/data", "nn1.example.com", 8020, "/data", "hdfs://nn1.example.com:8020/data"],
  ["hdfs://[::1]:8020/data", "[::1]", 8020, "/data", "hdfs://[::1]:8020/data"],
  ["webhdfs://nn1:9870/a b/100%25", "nn1", 9870, "/a b/100%25", "webhdfs://nn1:9870/a b/100%25"],
  ["swebhdfs://nn_1/data", "nn_1", undefined, "/data", "swebhdfs://nn_1/data"],
];

for (const [text, host, port, path, shown] of READ) {
  test(`${text} is read as Hadoop does`, () => {
    expect(parseHdfsLocation(text)).toMatchObject({ host, port, path, text: shown });
  });
}

const REFUSED: readonly (readonly [text: string, why: string])[] = [
  ["hdfs:", "it has no path"],
  ["hdfs://prod", "it has no path"],
  ["hdfs:data", "it has no path"],
  ["webhdfs:///data", "it names no host"],
  ["hdfs://a b/data", "its host is none"],
  ["hdfs://nn1:0/data", "its host is none"],
  ["hdfs://nn1:99999/data", "its host is none"],
  ["hdfs:///data/../etc", "its path has an empty part or a dot part"],
  ["hdfs:///data//x", "its path has an empty part or a dot part"],
  ["hdfs:///data/a:b", "its path has a colon"],
  ["hdfs:///data/a\nb", "its path has a colon or a control character"],
  [`hdfs:///${"x".repeat(256)}`, "its path is longer than HDFS takes"],
];

for (const [text, why] of REFUSED) {
  test(`${JSON.stringify(text.slice(0, 40))} is refused: ${why}`, () => {
    expect(() => parseHdfsLocation(text)).toThrow(why);
  });
}

test("what stands before an @ is not shown", () => {
  expect(() => parseHdfsLocation("webhdfs://alice:geheim@nn1:9870/data")).toThrow(
    expect.objectContaining({
      code: "STORE_BAD_LOCATION",
      message: expect.not.stringContaining("geheim") as string,
    }),
  );
});
