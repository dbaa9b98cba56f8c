import { describe, expect, test } from "bun:test";
import type { CairnError } from "../../../src/base/mod.ts";
import type { CheckpointStore } from "../../../src/store/mod.ts";
import { freePort } from "../../servers/mod.ts";
import { caught } from "../failure.ts";
import { recordingServer, s3Refusal } from "./recording-server.ts";
import { openS3 } from "./s3-bench.ts";

const record = '{"seq":1,"a":1}';
type Call = (store: CheckpointStore) => Promise<unknown>;
const read: Call = (store) => store.read("run");
const write: Call = (store) => store.append("run", 1, record);

/** What a call throws on a server that answers so. */
async function thrownBy(answer: () => Response | undefined, call: Call): Promise<CairnError> {
  using server = recordingServer({ answer });
  const store = await openS3(server.endpoint, "p");
  try {
    return await caught(() => call(store));
  } finally {
    await store.close();
  }
}

describe("answers of S3 as errors of the store", () => {
  const cases: [number, string, Call, string][] = [
    [404, "NoSuchBucket", read, "STORE_BAD_LOCATION"],
    [404, "NoSuchBucket", write, "STORE_BAD_LOCATION"],
    [403, "AccessDenied", read, "STORE_NOT_READABLE"],
    [403, "AccessDenied", write, "STORE_NOT_WRITABLE"],
    [403, "InvalidAccessKeyId", read, "STORE_NOT_READABLE"],
    [403, "SignatureDoesNotMatch", write, "STORE_NOT_WRITABLE"],
    [400, "ExpiredToken", read, "STORE_NOT_READABLE"],
    [301, "PermanentRedirect", read, "STORE_BAD_LOCATION"],
    [400, "AuthorizationHeaderMalformed", read, "STORE_BAD_LOCATION"],
    [403, "RequestTimeTooSkewed", read, "STORE_UNAVAILABLE"],
    [400, "RequestTimeout", read, "STORE_UNAVAILABLE"],
    [429, "TooManyRequests", write, "STORE_UNAVAILABLE"],
    [503, "SlowDown", write, "STORE_UNAVAILABLE"],
    [500, "InternalError", read, "STORE_UNAVAILABLE"],
    [502, "", read, "STORE_UNAVAILABLE"],
    [504, "", write, "STORE_UNAVAILABLE"],
    [409, "ConditionalRequestConflict", write, "STORE_UNAVAILABLE"],
    [409, "OperationAborted", write, "STORE_UNAVAILABLE"],
    [404, "NoSuchKey", write, "STORE_IO"],
    [405, "MethodNotAllowed", read, "STORE_IO"],
  ];
  for (const [status, code, call, wanted] of cases) {
    test(`${status} ${code || "without a code"}, ${call === read ? "reading" : "writing"}: ${wanted}`, async () => {
      const thrown = await thrownBy(() => s3Refusal(status, code), call);
      expect(thrown.code).toBe(wanted);
      expect(thrown.message).toContain("s3a://lake/p");
      if (wanted !== "STORE_IO") expect(thrown.hint).toBeString();
    });
  }

  const notS3 = (text: string) => (): Response =>
    new Response(text, { headers: { "content-type": "text/html" } });
  test("what isn't S3's answer is never taken for an empty listing or a written record", async () => {
    for (const text of [
      "",
      "<html>Please log in</html>",
      "<ListBucketResult><KeyCount>1</KeyCount>",
      "not xml <",
    ]) {
      for (const call of [read, write, (store: CheckpointStore) => store.logs("")]) {
        expect((await thrownBy(notS3(text), call)).code).toBe("STORE_UNAVAILABLE");
      }
    }
  });

  test("a listing that says it goes on and not where is an error", async () => {
    const cut = "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>";
    expect((await thrownBy(notS3(cut), read)).code).toBe("STORE_UNAVAILABLE");
  });
});

test("a server that isn't there may come; a name that isn't known is a wrong location", async () => {
  const refusing = await openS3(`http://127.0.0.1:${await freePort()}`, "p");
  expect((await caught(() => read(refusing))).code).toBe("STORE_UNAVAILABLE");
  await refusing.close();
  const nowhere = await openS3("http://s3.invalid", "p", {
    settings: { "spark.hadoop.fs.s3a.path.style.access": "true" },
  });
  const thrown = await caught(() => read(nowhere));
  expect(["STORE_BAD_LOCATION", "STORE_UNAVAILABLE"]).toContain(thrown.code);
  await nowhere.close();
});

test("neither a message nor its cause holds the secret key", async () => {
  using server = recordingServer({ answer: () => s3Refusal(403, "SignatureDoesNotMatch") });
  const secret = "hunter2hunter2";
  const store = await openS3(server.endpoint, "p", {
    settings: {
      "spark.hadoop.fs.s3a.secret.key": secret,
      "spark.hadoop.fs.s3a.session.token": `${secret}-token`,
    },
  });
  const thrown = await caught(() => write(store));
  await store.close();
  expect(Bun.inspect(thrown, { depth: 10 })).not.toContain(secret);
});
