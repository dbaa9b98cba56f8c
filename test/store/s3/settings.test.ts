import { describe, expect, test } from "bun:test";
import type { CairnError } from "../../../src/base/mod.ts";
import { proxyFor } from "../../../src/store/s3/s3-network.ts";
import { parseS3Location } from "../../../src/store/s3/s3-location.ts";
import { readS3Settings, type S3Settings } from "../../../src/store/s3/s3-settings.ts";
import { tempDir } from "../../kit/mod.ts";
import { caught } from "../failure.ts";

/** A variable of Hadoop's, not of ours. */
const ENV_SECRET = ["$", "{env.SECRET}"].join("");

function settings(
  keys: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): S3Settings {
  const hadoop = Object.fromEntries(Object.entries(keys).map(([name, value]) => [`fs.s3a.${name}`, value]));
  return readS3Settings("lake", { hadoop, env: { HOME: "/nonexistent", ...env } });
}

const refusal = (keys: Readonly<Record<string, string>>): Promise<CairnError> => caught(() => settings(keys));

describe("settings of s3a", () => {
  test("come from spark.config, then from core-site.xml, then from the AWS environment; a bucket's own go first", () => {
    using dir = tempDir();
    const value = (name: string, text: string): string =>
      `<property><name>fs.s3a.${name}</name><value>${text}</value></property>`;
    dir.write(
      "core-site.xml",
      `<configuration>${value("access.key", "FILE")}${value("secret.key", ENV_SECRET)}${value("endpoint", "file.example")}${value("bucket.lake.endpoint.region", "file-1")}</configuration>`,
    );
    const env = {
      HADOOP_CONF_DIR: dir.path,
      SECRET: "s",
      AWS_REGION: "env-1",
      AWS_ACCESS_KEY_ID: "ENV",
      AWS_SECRET_ACCESS_KEY: "e",
      AWS_ENDPOINT_URL_S3: "http://env.example",
    };
    const hadoop = {
      "spark.hadoop.fs.s3a.endpoint": "spark.example",
      "spark.hadoop.fs.s3a.bucket.lake.endpoint": "lake.example:9000",
      "spark.hadoop.fs.s3a.bucket.pond.endpoint": "pond.example",
    };
    const all = readS3Settings("lake", { hadoop, env });
    expect(all.endpoint).toMatchObject({ url: "https://lake.example:9000", region: "file-1" });
    expect(all.credentials).toEqual([
      { kind: "keys", accessKeyId: "FILE", secretAccessKey: "s", sessionToken: undefined },
    ]);
    expect(readS3Settings("sea", { hadoop, env }).endpoint.url).toBe("https://spark.example");
    expect(readS3Settings("sea", { env }).endpoint.url).toBe("https://file.example");
    const { HADOOP_CONF_DIR: _, ...bare } = env;
    const ofEnvironment = readS3Settings("lake", { env: bare });
    expect(ofEnvironment.endpoint).toMatchObject({ url: "http://env.example", region: "env-1" });
    expect(ofEnvironment.credentials[0]).toMatchObject({ kind: "keys", accessKeyId: "ENV" });
  });

  test("without any of them all is Amazon's own, and what the AWS SDK finds", () => {
    expect(settings()).toEqual({
      bucket: "lake",
      endpoint: { url: undefined, region: undefined, pathStyle: false, fips: false, followRegions: true },
      credentials: [{ kind: "default" }],
      network: { connectMs: 5_000, answerMs: 10_000, connections: 32, proxy: undefined, caFile: undefined },
      writing: { acl: undefined, storageClass: undefined, encryption: undefined },
      requesterPays: false,
      page: 1_000,
      conditions: true,
      checksums: true,
      userAgent: undefined,
    });
  });

  test("an endpoint of Amazon's says the region; others are asked by path where no bucket's name can stand before them", () => {
    expect(settings({ endpoint: "s3.eu-west-3.amazonaws.com" }).endpoint).toMatchObject({
      url: undefined,
      region: "eu-west-3",
    });
    expect(settings({ endpoint: "https://s3.amazonaws.com" }, { AWS_REGION: "x" }).endpoint).toMatchObject({
      url: undefined,
      region: "x",
    });
    const paths = {
      "10.0.0.1:9000": true,
      "http://[::1]:9000": true,
      localhost: true,
      minio: true,
      "s3.fr-par.scw.cloud": false,
    };
    for (const [endpoint, pathStyle] of Object.entries(paths)) {
      expect(settings({ endpoint }).endpoint).toMatchObject({
        pathStyle,
        region: "us-east-1",
        followRegions: false,
      });
    }
    expect(settings({ endpoint: "h", "path.style.access": "false" }).endpoint.pathStyle).toBe(false);
    expect(settings({ endpoint: "h", "connection.ssl.enabled": "false" }).endpoint.url).toBe("http://h");
  });

  test("a server of another maker is signed for the region of the profile, where nobody else says one", () => {
    using dir = tempDir();
    const file = dir.write("config", "[default]\nregion = d-1\n[profile etl]\noutput=json\nregion=e-1\n");
    const region = (env: Record<string, string>): string | undefined =>
      settings({ endpoint: "h" }, { AWS_CONFIG_FILE: file, ...env }).endpoint.region;
    expect(region({})).toBe("d-1");
    expect(region({ AWS_PROFILE: "etl" })).toBe("e-1");
    expect(region({ AWS_PROFILE: "other" })).toBe("us-east-1");
    expect(region({ AWS_DEFAULT_REGION: "x-1" })).toBe("x-1");
  });

  test("timeouts of s3a count where they are shorter than those of a record", () => {
    const long = {
      "connection.establish.timeout": "30s",
      "connection.timeout": "200000",
      "connection.request.timeout": "0",
    };
    expect(settings(long).network).toMatchObject({ connectMs: 5_000, answerMs: 10_000 });
    const short = {
      "connection.establish.timeout": "2s",
      "connection.timeout": "4000",
      "connection.maximum": "4",
    };
    expect(settings(short).network).toMatchObject({ connectMs: 2_000, answerMs: 4_000, connections: 4 });
  });

  test("an access point stands for its bucket", async () => {
    const arn = "arn:aws:s3:eu-west-1:1:accesspoint/ap";
    expect(settings({ "bucket.lake.accesspoint.arn": arn }).bucket).toBe(arn);
    expect(await refusal({ "accesspoint.required": "true" })).toMatchObject({ code: "STORE_BAD_SETTINGS" });
  });
});

describe("providers of credentials", () => {
  const keys = { "access.key": "A", "secret.key": "hunter2" };
  const kinds = (more: Readonly<Record<string, string>>): string[] =>
    settings({ ...keys, ...more }).credentials.map(({ kind }) => kind);

  test("are asked in the order that s3a says, by their classes' names, old or new", () => {
    const classes = [
      "org.apache.hadoop.fs.s3a.TemporaryAWSCredentialsProvider",
      "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider",
      "com.amazonaws.auth.EnvironmentVariableCredentialsProvider",
      " software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider",
      "org.apache.hadoop.fs.s3a.auth.ProfileAWSCredentialsProvider",
      "org.apache.hadoop.fs.s3a.auth.IAMInstanceCredentialsProvider",
      "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider",
    ].join(",\n");
    const rest = ["keys", "environment", "web-identity", "profile", "instance", "default"];
    expect(kinds({ "aws.credentials.provider": classes })).toEqual(rest);
    expect(kinds({ "aws.credentials.provider": classes, "session.token": "T" })).toEqual(["keys", ...rest]);
  });

  test("an assumed role has its settings, and its own providers", () => {
    const [source] = settings({
      ...keys,
      "aws.credentials.provider": "org.apache.hadoop.fs.s3a.auth.AssumedRoleCredentialProvider",
      "assumed.role.arn": "arn:aws:iam::1:role/r",
      "assumed.role.session.duration": "1h",
      "assumed.role.sts.endpoint": "sts.eu-west-1.amazonaws.com",
      "assumed.role.external.id": "x",
    }).credentials;
    expect(source).toMatchObject({
      kind: "assumed-role",
      role: {
        durationSeconds: 3_600,
        endpoint: "https://sts.eu-west-1.amazonaws.com",
        externalId: "x",
        sessionName: "cairn",
      },
      from: [{ kind: "keys", accessKeyId: "A" }],
    });
  });

  test("a profile that is named goes before keys in the environment", () => {
    const env = { AWS_ACCESS_KEY_ID: "E", AWS_SECRET_ACCESS_KEY: "e", AWS_PROFILE: "etl" };
    expect(settings({}, env).credentials).toEqual([{ kind: "default" }]);
  });

  test("that can't be had are refused by their key, and no secret is quoted", async () => {
    const provider = "aws.credentials.provider";
    const cases: [Record<string, string>, string][] = [
      [{ ...keys, [provider]: "com.example.Vault" }, "com.example.Vault"],
      [{ ...keys, [provider]: "SimpleAWSCredentialProvider" }, "SimpleAWSCredentialsProvider"],
      [{ [provider]: "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider" }, "none of its providers"],
      [{ "secret.key": "hunter2" }, "fs.s3a.access.key is missing"],
      [{ ...keys, [provider]: "AssumedRoleCredentialProvider" }, "fs.s3a.assumed.role.arn"],
    ];
    for (const [given, says] of cases) {
      const thrown = await refusal(given);
      expect(thrown.code).toBe("STORE_BAD_SETTINGS");
      expect(`${thrown.message} ${thrown.hint}`).toContain(says);
      expect(JSON.stringify([thrown.message, thrown.hint, thrown.details])).not.toContain("hunter2");
    }
  });
});

test("values that aren't offered are refused by their key, with what is", async () => {
  const cases: [Record<string, string>, string][] = [
    [{ "encryption.algorithm": "CSE-KMS" }, "client-side encryption"],
    [{ "bucket.lake.encryption.algorithm": "SSE_KMS" }, "fs.s3a.bucket.lake.encryption.algorithm"],
    [{ "encryption.algorithm": "SSE-C", "encryption.key": "c2hvcnQ=" }, "32 bytes"],
    [{ "create.storage.class": "glacier" }, "archive"],
    [{ "create.storage.class": "cold" }, "none of"],
    [{ "acl.default": "Everyone" }, "none of"],
    [{ "path.style.access": "yes" }, "true or false"],
    [{ "connection.timeout": "soon" }, "duration"],
    [{ "paging.maximum": "-1" }, "whole number"],
    [{ endpoint: "http://host/path" }, "no address of a server"],
    [{ endpoint: "ftp://host" }, "no address of a server"],
  ];
  for (const [given, says] of cases) {
    const thrown = await refusal(given);
    expect(thrown).toMatchObject({ code: "STORE_BAD_SETTINGS", kind: "config" });
    expect(thrown.message).toContain(says);
  }
});

describe("locations on S3", () => {
  test("have a bucket and a prefix, taken as they are written", () => {
    expect(parseS3Location("s3a://lake/checkpoints")).toEqual({
      bucket: "lake",
      prefix: "checkpoints/",
      text: "s3a://lake/checkpoints",
    });
    expect(parseS3Location("S3://lake//a b/%41/ü?#//")).toMatchObject({ prefix: "a b/%41/ü?#/" });
    for (const text of ["s3://lake", "s3://lake/"]) {
      expect(parseS3Location(text)).toEqual({ bucket: "lake", prefix: "", text: "s3://lake" });
    }
  });

  test("that name no bucket, or a prefix that servers read in different ways, are refused", async () => {
    const refused = [
      "s3a:",
      "s3a:lake/x",
      "s3a://",
      "s3a:///x",
      "s3a://a",
      "s3a://lake:80/x",
      "s3a://lake?x",
      "s3a://lake/a//b",
      "s3a://lake/a/../b",
      "s3a://lake/./a",
      "s3a://lake/a\nb",
      `s3a://lake/${"x".repeat(501)}`,
    ];
    for (const text of refused) {
      expect(await caught(() => parseS3Location(text))).toMatchObject({
        code: "STORE_BAD_LOCATION",
        kind: "config",
      });
    }
  });

  test("with keys in them are refused without quoting them", async () => {
    const thrown = await caught(() => parseS3Location("s3a://AKID:hunter2@lake/x"));
    expect(JSON.stringify([thrown.message, thrown.hint, thrown.details])).not.toMatch(/hunter2|AKID/);
  });
});

test("a proxy is left out for hosts, domains, ports and addresses that are excepted", () => {
  const proxy = {
    https: "http://p:1",
    http: undefined,
    except: [".corp", "s3.example:9000", "*.wild", "10.0.0.1", "[::1]"],
  };
  const straight = [
    "https://a.corp",
    "https://corp",
    "https://s3.example:9000",
    "https://x.wild",
    "https://10.0.0.1",
    "https://[::1]:9000",
    "http://any",
  ];
  for (const url of straight) expect(proxyFor(proxy, new URL(url))).toBeUndefined();
  for (const url of ["https://acorp", "https://s3.example", "https://10.0.0.10"]) {
    expect(proxyFor(proxy, new URL(url))).toBe("http://p:1");
  }
  expect(proxyFor({ ...proxy, except: ["*"] }, new URL("https://a"))).toBeUndefined();
});
