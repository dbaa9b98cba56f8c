import { describe, expect, test } from "bun:test";
import { tokenFor, userName } from "../../../src/store/hdfs/identity.ts";
import { readTokens } from "../../../src/store/hdfs/token-file.ts";

// What Hadoop itself writes is read in kerberos.test.ts; here are the edges of both formats.

function withLength(length: number[], part: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.from(length), part]);
}

const identifier = new Uint8Array(200).fill(7);
const password = new Uint8Array(20).fill(9);
const kind = Buffer.from("HDFS_DELEGATION_TOKEN");
const service = Buffer.from("10.0.0.7:8020");

/** 200 takes a byte that says "one more byte", -113. */
const token0 = Buffer.concat([
  withLength([0x8f, 200], identifier),
  withLength([20], password),
  withLength([kind.length], kind),
  withLength([service.length], service),
]);
const version0 = Buffer.concat([
  Buffer.from("HDTS\0"),
  Uint8Array.of(1),
  withLength([5], Buffer.from("alias")),
  token0,
  Uint8Array.of(0),
]);

const token1 = Buffer.concat([
  withLength([0x0a, 0xc8, 0x01], identifier),
  withLength([0x12, 20], password),
  withLength([0x1a, kind.length], kind),
  withLength([0x22, service.length], service),
]);
const pair1 = Buffer.concat([
  withLength([0x0a, 5], Buffer.from("alias")),
  withLength([0x12, (token1.length & 127) | 128, token1.length >> 7], token1),
]);
const list1 = withLength([0x0a, (pair1.length & 127) | 128, pair1.length >> 7], pair1);
const version1 = Buffer.concat([
  Buffer.from("HDTS\u0001"),
  withLength([(list1.length & 127) | 128, list1.length >> 7], list1),
]);

describe("a token file", () => {
  test("gives the same token in both formats, as WebHDFS takes it", () => {
    const wanted = {
      kind: "HDFS_DELEGATION_TOKEN",
      service: "10.0.0.7:8020",
      text: token0.toString("base64url"),
    };
    expect(readTokens(version0, "tokens")).toEqual([wanted]);
    expect(readTokens(version1, "tokens")).toEqual([wanted]);
  });

  test("that is cut off anywhere, is another file or of a later format is refused by name", () => {
    for (const whole of [version0.subarray(0, -1), version1]) {
      for (let end = 0; end < whole.length; end++) {
        expect(() => readTokens(whole.subarray(0, end), "/run/tokens")).toThrow('"/run/tokens"');
      }
    }
    expect(() => readTokens(Buffer.from("HDTS\u0002…"), "tokens")).toThrow("its format 2 is not known");
    expect(() => readTokens(Buffer.from("<html>"), "tokens")).toThrow("no token file");
  });
});

describe("the token for a cluster", () => {
  const of = (service: string, kind = "HDFS_DELEGATION_TOKEN"): Parameters<typeof tokenFor>[0][number] => ({
    kind,
    service,
    text: service,
  });

  test("is the one for its nameservice or host, by name or address", async () => {
    const tokens = [of("10.9.9.9:8020"), of("127.0.0.1:8020"), of("ha-hdfs:prod")];
    expect((await tokenFor(tokens, ["ha-hdfs:prod"]))?.text).toBe("ha-hdfs:prod");
    expect((await tokenFor(tokens, ["localhost:8020"]))?.text).toBe("127.0.0.1:8020");
    expect((await tokenFor(tokens, ["10.9.9.9:9870"]))?.text).toBe("10.9.9.9:8020");
  });

  test("is never another cluster's, nor another service's", async () => {
    expect(await tokenFor([of("10.9.9.9:8020")], ["localhost:8020", "localhost:9870"])).toBeUndefined();
    expect(await tokenFor([of("localhost:8020", "YARN_AM_RM_TOKEN")], ["localhost:8020"])).toBeUndefined();
  });
});

test("the user is HADOOP_USER_NAME's, else the system's, and must be a name that HDFS takes", () => {
  expect(userName({ HADOOP_USER_NAME: "etl-1" }, "root")).toBe("etl-1");
  expect(userName({ HADOOP_USER_NAME: "" }, "root")).toBe("root");
  expect(() => userName({}, "DOMAIN\\bob")).toThrow("no name of a user");
});
