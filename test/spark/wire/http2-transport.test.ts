import { create, toBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import {
  ExecutePlanResponseSchema,
  SparkConnectService,
} from "../../../src/spark/gen/spark/connect/base_pb.ts";
import { parseConnectionString } from "../../../src/spark/wire/connection-string.ts";
import { Http2Transport } from "../../../src/spark/wire/http2-transport.ts";
import { frameOf } from "../../../src/spark/wire/message-frames.ts";
import { seeded } from "../../kit/mod.ts";

const random = seeded("messages over HTTP/2");
/** Bytes of different values, so that any mix-up shows; the longest are longer than a frame of HTTP/2. */
const SENT = [0, 1, 9, 4095, 300_000, 1_000_000, 17].map((length) =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + length) & 255),
);

let server: Http2Server | undefined;
let url = "";

/** Sends the messages in pieces of random lengths, each when the one before is gone. */
async function answer(stream: ServerHttp2Stream): Promise<void> {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  const bytes = Buffer.concat(
    SENT.map((data) =>
      frameOf(
        toBinary(
          ExecutePlanResponseSchema,
          create(ExecutePlanResponseSchema, { responseType: { case: "arrowBatch", value: { data } } }),
        ),
      ),
    ),
  );
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + random.int(random.int(2) === 0 ? 20 : 100_000);
    await new Promise((resolve) => stream.write(bytes.subarray(at, end), resolve));
    at = end;
  }
  stream.end();
}

beforeAll(async () => {
  const made = createServer();
  server = made;
  made.on("stream", (stream: ServerHttp2Stream) => {
    answer(stream).catch((thrown: unknown) => stream.destroy(thrown instanceof Error ? thrown : undefined));
  });
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  const address = made.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  url = `sc://127.0.0.1:${address.port}`;
});

afterAll(() => server?.close());

test("messages that are kept have their own bytes, however the connection cut them", async () => {
  const transport = new Http2Transport(parseConnectionString(url), { userAgent: "test" });
  for (let round = 0; round < 5; round++) {
    const got: Uint8Array[] = [];
    for await (const { responseType } of transport.stream(SparkConnectService.method.executePlan, {})) {
      if (responseType.case === "arrowBatch") got.push(responseType.value.data);
    }
    expect(got.map((data) => Bun.hash(data))).toEqual(SENT.map((data) => Bun.hash(data)));
  }
  transport.close();
});
