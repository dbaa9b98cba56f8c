import { nearest } from "../../base/mod.ts";
import { storeError } from "../errors.ts";
import type { S3aKeys } from "./s3a-keys.ts";
import type { Environment } from "./s3-endpoint.ts";

/** A place where credentials come from, as data; several are asked in order. */
export type CredentialSource =
  | {
      readonly kind: "keys";
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken: string | undefined;
    }
  | { readonly kind: "assumed-role"; readonly role: AssumedRole; readonly from: readonly CredentialSource[] }
  | { readonly kind: "profile"; readonly profile: string | undefined; readonly file: string | undefined }
  /** `default`: all that the AWS SDK looks at: environment, profiles, SSO, web identity, container, instance. */
  | { readonly kind: "default" | "environment" | "instance" | "web-identity" | "anonymous" };

export interface AssumedRole {
  readonly arn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly externalId: string | undefined;
  readonly policy: string | undefined;
  /** URL of the token service. */
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
}

const PROVIDERS = "aws.credentials.provider";
const ROLE_PROVIDERS = "assumed.role.credentials.provider";
const ROLE_SECONDS = 1_800;

/** Classes of Hadoop and of both Amazon SDKs for Java by their simple names. */
const CLASSES: Readonly<Record<string, CredentialSource["kind"]>> = {
  TemporaryAWSCredentialsProvider: "keys",
  SimpleAWSCredentialsProvider: "keys",
  BasicAWSCredentialsProvider: "keys",
  EnvironmentVariableCredentialsProvider: "environment",
  IAMInstanceCredentialsProvider: "instance",
  InstanceProfileCredentialsProvider: "instance",
  ContainerCredentialsProvider: "instance",
  EC2ContainerCredentialsProviderWrapper: "instance",
  ProfileAWSCredentialsProvider: "profile",
  ProfileCredentialsProvider: "profile",
  AnonymousAWSCredentialsProvider: "anonymous",
  AnonymousCredentialsProvider: "anonymous",
  AssumedRoleCredentialProvider: "assumed-role",
  WebIdentityTokenFileCredentialsProvider: "web-identity",
  WebIdentityTokenCredentialsProvider: "web-identity",
  DefaultCredentialsProvider: "default",
  DefaultAWSCredentialsProviderChain: "default",
};

/**
 * Where the credentials for a bucket come from: `fs.s3a.aws.credentials.provider`, else the keys of s3a, else those of
 * the environment, else all that the AWS SDK looks at.
 *
 * @throws CairnError STORE_BAD_SETTINGS; it never quotes a key.
 */
export function credentialSources(keys: S3aKeys, env: Environment): readonly CredentialSource[] {
  const classes = keys.text(PROVIDERS);
  if (classes !== undefined) return listed(PROVIDERS, classes, keys, env);
  const ours = keysOf(keys);
  if (ours !== undefined) return [ours];
  return [keysOfEnvironment(env) ?? { kind: "default" }];
}

function listed(name: string, classes: string, keys: S3aKeys, env: Environment): readonly CredentialSource[] {
  const found = classes
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .flatMap((className) => sourceOf(name, className, keys, env) ?? []);
  if (found.length > 0) return found;
  throw keys.refused(
    name,
    "none of its providers has what it needs",
    "Set fs.s3a.access.key and fs.s3a.secret.key (and fs.s3a.session.token for temporary ones), or name other providers. Keys in a Hadoop credential file (JCEKS) can't be read.",
  );
}

function sourceOf(
  name: string,
  className: string,
  keys: S3aKeys,
  env: Environment,
): CredentialSource | undefined {
  const simple = className.slice(Math.max(className.lastIndexOf("."), className.lastIndexOf("$")) + 1);
  const kind = CLASSES[simple];
  switch (kind) {
    case "keys": {
      const found = keysOf(keys);
      return simple.startsWith("Temporary") && found?.sessionToken === undefined ? undefined : found;
    }
    case "environment":
      return keysOfEnvironment(env) ?? { kind };
    case "profile":
      return { kind, profile: keys.text("auth.profile.name"), file: keys.text("auth.profile.file") };
    case "assumed-role":
      return { kind, role: roleOf(keys), from: roleSources(name, keys, env) };
    case undefined: {
      const near = nearest(simple, Object.keys(CLASSES));
      throw keys.refused(
        name,
        `the class ${JSON.stringify(className)} is not known`,
        `${near === undefined ? "" : `Did you mean "${near}"? `}Classes of other makers can't be run; the known ones are in docs/stores/s3.md.`,
      );
    }
    default:
      return { kind };
  }
}

function roleSources(name: string, keys: S3aKeys, env: Environment): readonly CredentialSource[] {
  if (name === ROLE_PROVIDERS) {
    throw keys.refused(name, "a role is assumed to assume a role", "Name other providers there.");
  }
  const classes = keys.text(ROLE_PROVIDERS);
  if (classes !== undefined) return listed(ROLE_PROVIDERS, classes, keys, env);
  // Hadoop's default: the keys, then the environment's.
  return [keysOf(keys) ?? keysOfEnvironment(env) ?? { kind: "default" }];
}

function roleOf(keys: S3aKeys): AssumedRole {
  const arn = keys.text("assumed.role.arn");
  if (arn === undefined) {
    throw keys.refused("assumed.role.arn", "it is not set", "Give the role's ARN, or name another provider.");
  }
  const endpoint = keys.text("assumed.role.sts.endpoint");
  const duration = keys.duration("assumed.role.session.duration");
  return {
    arn,
    sessionName: keys.text("assumed.role.session.name") ?? "cairn",
    durationSeconds: duration === undefined ? ROLE_SECONDS : Math.round(duration / 1000),
    externalId: keys.text("assumed.role.external.id"),
    policy: keys.text("assumed.role.policy"),
    endpoint: endpoint === undefined || endpoint.includes("://") ? endpoint : `https://${endpoint}`,
    region: keys.text("assumed.role.sts.endpoint.region"),
  };
}

function keysOf(keys: S3aKeys): Extract<CredentialSource, { kind: "keys" }> | undefined {
  const accessKeyId = keys.text("access.key");
  const secretAccessKey = keys.text("secret.key");
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw storeError(
      "STORE_BAD_SETTINGS",
      `Cannot open the checkpoint store: fs.s3a.${accessKeyId === undefined ? "access" : "secret"}.key is missing beside fs.s3a.${accessKeyId === undefined ? "secret" : "access"}.key`,
      { hint: "Set both, or neither." },
    );
  }
  return { kind: "keys", accessKeyId, secretAccessKey, sessionToken: keys.text("session.token") };
}

/** The environment's keys. A profile that is named goes first, as in the AWS SDK. */
function keysOfEnvironment(env: Environment): CredentialSource | undefined {
  const accessKeyId = env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"];
  if (!accessKeyId || !secretAccessKey || env["AWS_PROFILE"]) return undefined;
  return { kind: "keys", accessKeyId, secretAccessKey, sessionToken: env["AWS_SESSION_TOKEN"] || undefined };
}
