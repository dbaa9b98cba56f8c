import { describe, expect, test } from "bun:test";
import { CairnError } from "../../../src/base/mod.ts";
import { parseConnectionString } from "../../../src/spark/mod.ts";

function refused(text: string): CairnError {
  try {
    parseConnectionString(text);
  } catch (thrown) {
    if (thrown instanceof CairnError) return thrown;
    throw thrown;
  }
  throw new Error(`${text} was taken`);
}

describe("a Spark connection string", () => {
  test("is a host alone: port 15002, no TLS", () => {
    expect(parseConnectionString("sc://spark")).toMatchObject({ host: "spark", port: 15_002, tls: false });
    expect(parseConnectionString("sc://spark/")).toMatchObject({ host: "spark", port: 15_002 });
    expect(parseConnectionString("sc://spark:443/;")).toMatchObject({ host: "spark", port: 443 });
  });

  test("takes IPv6 addresses in brackets", () => {
    expect(parseConnectionString("sc://[::1]:7/")).toMatchObject({ host: "::1", port: 7 });
  });

  test("takes all of Spark's parameters, percent-encoded", () => {
    const session = "00112233-4455-6677-8899-AABBCCDDEEFF";
    const text = `sc://h:1/;use_ssl=true;token=a%3Db%20c;user_id=me;session_id=${session};user_agent=my%20app`;
    expect(parseConnectionString(text)).toMatchObject({
      tls: true,
      token: "a=b c",
      userId: "me",
      sessionId: session.toLowerCase(),
      userAgent: "my app",
      headers: {},
    });
  });

  test("sends what it doesn't know as headers", () => {
    expect(parseConnectionString("sc://h/;x-Cluster-Id=12").headers).toEqual({ "x-cluster-id": "12" });
  });

  test("asks for TLS where a token leaves this machine", () => {
    expect(parseConnectionString("sc://h/;token=t").tls).toBe(true);
    expect(parseConnectionString("sc://127.0.0.1/;token=t").tls).toBe(false);
    expect(parseConnectionString("sc://localhost/;token=t").tls).toBe(false);
    expect(refused("sc://h/;token=t0p;use_ssl=false").message).toContain("readable for everyone");
  });

  test("takes a default token from outside, its own first", () => {
    expect(parseConnectionString("sc://h/", "outer")).toMatchObject({ token: "outer", tls: true });
    expect(parseConnectionString("sc://h/;token=inner", "outer").token).toBe("inner");
  });

  test.each([
    ["http://h", "begin with sc://"],
    ["sc:/h", "begin with sc://"],
    ["sc://", "host is missing"],
    ["sc://:15002", "host is missing"],
    ["sc://h:0", 'port "0"'],
    ["sc://h:65536", 'port "65536"'],
    ["sc://h:x", 'port "x"'],
    ["sc://h:1/path", "has a path"],
    ["sc://me@h", "user before the host"],
    ["sc://h/;use_ssl=yes", "neither true nor false"],
    ["sc://h/;session_id=12", "is no UUID"],
    ["sc://h/;secret", "no form key=value"],
    ["sc://h/;token=%", "wrongly percent-encoded"],
    ["sc://h/;token=a;token=b", "twice"],
    ["sc://h/;token=a%0Ab", "no header may have"],
    ["sc://h/;x%20y=1", "can't be sent as a header"],
    ["sc://h/;grpc_keepalive_time_ms=-1", "number of milliseconds"],
  ])("%p is refused, and why", (text, why) => {
    const error = refused(text);
    expect(error.message).toContain(why);
    expect(error.code).toBe("SPARK_CONNECT_STRING");
    expect(error.kind).toBe("config");
  });

  test("is never shown with its token", () => {
    for (const text of [
      "sc://h/p;token=t0psecret",
      "sc://h/;t0psecret",
      "sc://h/;token=t0psecret;use_ssl=1",
    ]) {
      const error = refused(text);
      expect(`${error.message} ${error.hint}`).not.toContain("t0psecret");
    }
  });
});
