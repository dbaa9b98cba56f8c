import { expect, test } from "bun:test";
import { caught } from "../failure.ts";
import { openS3 } from "./s3-bench.ts";
import { recordingServer, s3Refusal, type Recorded } from "./recording-server.ts";

const record = '{"seq":1,"a":1}';
const s3a = (name: string): string => `spark.hadoop.fs.s3a.${name}`;

/** What the store sends when one record is written and read back. */
async function sentWith(settings: Readonly<Record<string, string>>): Promise<readonly Recorded[]> {
  using server = recordingServer();
  const store = await openS3(server.endpoint, "p", { settings });
  expect(await store.append("run", 1, record)).toEqual({ taken: false });
  expect(await store.append("run", 1, record)).toEqual({ taken: true, present: record });
  await store.time();
  await store.close();
  return server.requests;
}

function headers(requests: readonly Recorded[], method: string, name: string): (string | undefined)[] {
  return [
    ...new Set(
      requests.filter((request) => request.method === method).map((request) => request.headers[name]),
    ),
  ];
}

test("every write, and no read, asks for the encryption, storage class and rights that s3a is set to", async () => {
  const requests = await sentWith({
    [s3a("encryption.algorithm")]: "SSE-KMS",
    [s3a("encryption.key")]: "arn:aws:kms:eu-west-1:1:key/k",
    [s3a("create.storage.class")]: "intelligent_tiering",
    [s3a("acl.default")]: "BucketOwnerFullControl",
  });
  expect(headers(requests, "PUT", "x-amz-server-side-encryption")).toEqual(["aws:kms"]);
  expect(headers(requests, "PUT", "x-amz-server-side-encryption-aws-kms-key-id")).toEqual([
    "arn:aws:kms:eu-west-1:1:key/k",
  ]);
  expect(headers(requests, "PUT", "x-amz-storage-class")).toEqual(["INTELLIGENT_TIERING"]);
  expect(headers(requests, "PUT", "x-amz-acl")).toEqual(["bucket-owner-full-control"]);
  expect(headers(requests, "GET", "x-amz-server-side-encryption")).toEqual([undefined]);
});

test("a customer's own key goes along with every read and write, with its sum", async () => {
  const key = Buffer.alloc(32, 7);
  const requests = await sentWith({
    [s3a("server-side-encryption-algorithm")]: "SSE-C",
    [s3a("server-side-encryption.key")]: key.toString("base64"),
  });
  for (const method of ["PUT", "GET", "HEAD"]) {
    expect(headers(requests, method, "x-amz-server-side-encryption-customer-algorithm")).toEqual(["AES256"]);
    expect(headers(requests, method, "x-amz-server-side-encryption-customer-key")).toEqual([
      key.toString("base64"),
    ]);
    expect(headers(requests, method, "x-amz-server-side-encryption-customer-key-md5")).toEqual([
      new Bun.CryptoHasher("md5").update(key).digest("base64"),
    ]);
  }
});

test("every request says that the requester pays, where that is set", async () => {
  const requests = await sentWith({ [s3a("requester.pays.enabled")]: "true" });
  for (const method of ["PUT", "GET", "HEAD"]) {
    expect(headers(requests, method, "x-amz-request-payer")).toEqual(["requester"]);
  }
});

test("anonymous requests aren't signed, all others are, by the key and region of the bucket's own settings", async () => {
  const anonymous = await sentWith({
    [s3a("aws.credentials.provider")]: "org.apache.hadoop.fs.s3a.AnonymousAWSCredentialsProvider",
  });
  expect(headers(anonymous, "PUT", "authorization")).toEqual([undefined]);
  const signed = await sentWith({
    [s3a("bucket.lake.access.key")]: "ofbucket",
    [s3a("bucket.lake.endpoint.region")]: "fr-par",
    [s3a("endpoint.region")]: "elsewhere",
    [s3a("session.token")]: "token",
  });
  expect(signed[0]?.headers["authorization"]).toMatch(/Credential=ofbucket\/[0-9]+\/fr-par\/s3/);
  expect(headers(signed, "PUT", "x-amz-security-token")).toEqual(["token"]);
});

test("the client says its user agent's prefix, and sends no chunks and no Expect", async () => {
  const requests = await sentWith({ [s3a("user.agent.prefix")]: "etl" });
  expect(requests[0]?.headers["user-agent"]).toContain("etl");
  expect(headers(requests, "PUT", "content-encoding")).toEqual([undefined]);
  expect(headers(requests, "PUT", "expect")).toEqual([undefined]);
});

test("the bucket is in the path of an address, of localhost, and where s3a says so", async () => {
  const requests = await sentWith({});
  expect(new URL(requests[0]?.url ?? "").pathname).toBe("/lake/p/~store");
});

test("a machine whose clock is wrong is refused once, and signs for the server's time from then on", async () => {
  const hourMs = 3_600_000;
  const refused: string[] = [];
  using server = recordingServer({
    answer(request) {
      const signed = request.headers.get("x-amz-date") ?? "";
      const now = new Date(Date.now() + hourMs);
      // 20260101T120000Z: the hour is enough to tell.
      if (signed.slice(0, 11) === now.toISOString().replaceAll("-", "").slice(0, 11)) return undefined;
      refused.push(signed);
      const answer = s3Refusal(403, "RequestTimeTooSkewed");
      answer.headers.set("date", now.toUTCString());
      return answer;
    },
  });
  const store = await openS3(server.endpoint, "p");
  expect(await caught(() => store.append("run", 1, record))).toMatchObject({ code: "STORE_UNAVAILABLE" });
  expect(await store.append("run", 1, record)).toEqual({ taken: false });
  expect(await store.append("run", 2, '{"seq":2,"a":1}')).toEqual({ taken: false });
  expect(refused).toHaveLength(1);
  await store.close();
});
