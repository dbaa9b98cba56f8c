import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { compile } from "../../../scripts/build/compile.ts";
import { cleanEnv, tempDir } from "../../kit/mod.ts";
import { CONTAINER_TOKEN, metadataServer } from "../../servers/s3/metadata-server.ts";
import { recordingServer } from "./recording-server.ts";

const PROGRAM = join(import.meta.dir, "credentials-program.ts");
/** As everywhere: with `CAIRN_TEST_COMPILED=1` the compiled program answers, else the sources. */
const compiled = process.env["CAIRN_TEST_COMPILED"] === "1";
const BUILD_TIMEOUT_MS = 120_000;

const dir = tempDir();
let program: readonly string[] = [process.execPath, PROGRAM];
beforeAll(async () => {
  if (!compiled) return;
  await compile(PROGRAM, dir.join("credentials-program"));
  program = [dir.join("credentials-program")];
}, BUILD_TIMEOUT_MS);
afterAll(() => dir[Symbol.dispose]());

interface Signed {
  /** What the program printed. */
  readonly said: { readonly taken?: boolean; readonly code?: string; readonly message?: string };
  /** Access key ID and region that signed the first request. */
  readonly by: string | undefined;
  readonly token: string | undefined;
  readonly asked: readonly string[];
}

const METADATA = "METADATA";

/** Runs the program in an environment that has nothing but what is given; `METADATA` stands for the metadata server. */
async function signedWith(
  env: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string>> = {},
): Promise<Signed> {
  using s3 = recordingServer();
  using metadata = metadataServer();
  const placed = (record: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(record).map(([name, value]) => [name, value.replace(METADATA, metadata.endpoint)]),
    );
  const child = Bun.spawn([...program, "s3a://lake/p", JSON.stringify(placed(settings))], {
    cwd: dir.path,
    env: cleanEnv({
      HOME: dir.path,
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ENDPOINT_URL_STS: metadata.endpoint,
      ...placed(env),
    }),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, error] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  expect(error).toBe("");
  const headers = s3.requests[0]?.headers ?? {};
  const [, by] = /Credential=([^/]+\/[0-9]+\/[^/]+)/.exec(headers["authorization"] ?? "") ?? [];
  return {
    said: JSON.parse(out) as Signed["said"],
    by: by?.replace(/\/[0-9]+\//, " "),
    token: headers["x-amz-security-token"],
    asked: metadata.requests,
  };
}

const INSTANCE = {
  AWS_EC2_METADATA_DISABLED: "false",
  AWS_EC2_METADATA_SERVICE_ENDPOINT: METADATA,
};

describe(`credentials, found by ${compiled ? "the compiled program" : "the sources"}`, () => {
  test("in the environment, with the region", async () => {
    const env = {
      AWS_ACCESS_KEY_ID: "ENV",
      AWS_SECRET_ACCESS_KEY: "s",
      AWS_SESSION_TOKEN: "t",
      AWS_REGION: "eu-1",
    };
    expect(await signedWith(env)).toMatchObject({
      said: { taken: false },
      by: "ENV eu-1",
      token: "t",
      asked: [],
    });
  });

  test("in the shared file, and in the profile that is named", async () => {
    const file = dir.write(
      "credentials",
      "[default]\naws_access_key_id = DEFAULT\naws_secret_access_key = s\n[etl]\naws_access_key_id = ETL\naws_secret_access_key = s\n",
    );
    const env = { AWS_SHARED_CREDENTIALS_FILE: file };
    expect((await signedWith(env)).by).toBe("DEFAULT us-east-1");
    expect((await signedWith({ ...env, AWS_PROFILE: "etl" })).by).toBe("ETL us-east-1");
  });

  test("by a role that a profile assumes, and by a process that a profile names", async () => {
    const config = dir.write(
      "config",
      `[profile base]\naws_access_key_id = BASE\naws_secret_access_key = s\n[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\nregion = eu-3\n[profile process]\ncredential_process = echo '{"Version":1,"AccessKeyId":"PROCESS","SecretAccessKey":"s"}'\n`,
    );
    const env = { AWS_CONFIG_FILE: config };
    const role = await signedWith({ ...env, AWS_PROFILE: "role" });
    expect(role).toMatchObject({ by: "FROM-AssumeRole eu-3", token: "token-AssumeRole" });
    expect((await signedWith({ ...env, AWS_PROFILE: "process" })).by).toBe("PROCESS us-east-1");
  });

  test("by a web identity's token", async () => {
    const env = {
      AWS_WEB_IDENTITY_TOKEN_FILE: dir.write("token", "jwt"),
      AWS_ROLE_ARN: "arn:aws:iam::1:role/r",
      AWS_REGION: "eu-1",
    };
    expect(await signedWith(env)).toMatchObject({
      by: "FROM-AssumeRoleWithWebIdentity eu-1",
      asked: ["POST / AssumeRoleWithWebIdentity"],
    });
  });

  test("by a container's endpoint, with its token", async () => {
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${METADATA}/container`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: CONTAINER_TOKEN,
    };
    expect(await signedWith(env)).toMatchObject({ by: "FROM-CONTAINER us-east-1", token: "token-CONTAINER" });
  });

  test("by the instance's metadata, version 2", async () => {
    const { by, asked } = await signedWith(INSTANCE);
    expect(by).toBe("FROM-INSTANCE us-east-1");
    expect(asked[0]).toBe("PUT /latest/api/token");
  });

  test("by the providers that s3a names, in their order, whatever else is there", async () => {
    const key = "spark.hadoop.fs.s3a.aws.credentials.provider";
    const env = { AWS_ACCESS_KEY_ID: "ENV", AWS_SECRET_ACCESS_KEY: "s" };
    const instance = { [key]: "org.apache.hadoop.fs.s3a.auth.IAMInstanceCredentialsProvider" };
    expect((await signedWith({ ...env, ...INSTANCE }, instance)).by).toBe("FROM-INSTANCE us-east-1");
    const inOrder = { [key]: `${instance[key]},com.amazonaws.auth.EnvironmentVariableCredentialsProvider` };
    expect((await signedWith(env, inOrder)).by).toBe("ENV us-east-1");
  });

  test("by the role that s3a assumes", async () => {
    const s3a = "spark.hadoop.fs.s3a.";
    const settings = {
      [`${s3a}access.key`]: "MINE",
      [`${s3a}secret.key`]: "s",
      [`${s3a}aws.credentials.provider`]: "org.apache.hadoop.fs.s3a.auth.AssumedRoleCredentialProvider",
      [`${s3a}assumed.role.arn`]: "arn:aws:iam::1:role/r",
      [`${s3a}assumed.role.sts.endpoint`]: METADATA,
      [`${s3a}assumed.role.sts.endpoint.region`]: "eu-2",
    };
    expect(await signedWith({}, settings)).toMatchObject({
      by: "FROM-AssumeRole us-east-1",
      asked: ["POST / AssumeRole"],
    });
  });

  test("nowhere: the first call says where they may be", async () => {
    const { said } = await signedWith({});
    expect(said.code).toBe("STORE_NOT_WRITABLE");
    expect(said.message).toContain("no credentials were found");
  });
});
