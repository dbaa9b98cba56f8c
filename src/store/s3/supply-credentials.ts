import type { S3ClientConfig } from "@aws-sdk/client-s3";
import type { CredentialSource } from "./s3-credentials.ts";

type Supplied = Pick<S3ClientConfig, "credentials" | "signer">;
type Providers = typeof import("@aws-sdk/credential-providers");
type Provider = Parameters<Providers["createCredentialChain"]>[number];
type Handler = S3ClientConfig["requestHandler"];

/** The part of a client's configuration that signs its requests. For the AWS SDK's own chain there is nothing to say. */
export async function suppliedBy(sources: readonly CredentialSource[], handler: Handler): Promise<Supplied> {
  const [first, ...others] = sources;
  if (first === undefined || (first.kind === "default" && others.length === 0)) return {};
  if (first.kind === "keys") return { credentials: identity(first) };
  if (first.kind === "anonymous") return { credentials: NOBODY, signer: UNSIGNED };
  return { credentials: chainOf(sources, await import("@aws-sdk/credential-providers"), handler) };
}

const NOBODY = { accessKeyId: "", secretAccessKey: "" };
const UNSIGNED: NonNullable<S3ClientConfig["signer"]> = {
  sign: async (request) => request,
};

type Identity = Awaited<ReturnType<Provider>>;

function identity({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: Extract<CredentialSource, { kind: "keys" }>): Identity {
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

function chainOf(sources: readonly CredentialSource[], providers: Providers, handler: Handler): Provider {
  return providers.createCredentialChain(
    ...sources.flatMap((source) => providersOf(source, providers, handler)),
  );
}

function providersOf(source: CredentialSource, providers: Providers, handler: Handler): Provider[] {
  switch (source.kind) {
    case "keys":
      return [async () => identity(source)];
    case "anonymous":
      return [async () => NOBODY];
    case "environment":
      return [providers.fromEnv()];
    case "instance":
      return [providers.fromHttp(), providers.fromInstanceMetadata()];
    case "web-identity":
      return [providers.fromTokenFile()];
    case "default":
      return [providers.fromNodeProviderChain()];
    case "profile": {
      const { profile, file } = source;
      return [
        providers.fromIni({
          ...(profile !== undefined && { profile }),
          ...(file !== undefined && { filepath: file }),
        }),
      ];
    }
    default:
      return [assumedRole(source, providers, handler)];
  }
}

function assumedRole(
  { role, from }: Extract<CredentialSource, { kind: "assumed-role" }>,
  providers: Providers,
  handler: Handler,
): Provider {
  const { arn, sessionName, durationSeconds, externalId, policy, endpoint, region } = role;
  return providers.fromTemporaryCredentials({
    masterCredentials: chainOf(from, providers, handler),
    params: {
      RoleArn: arn,
      RoleSessionName: sessionName,
      DurationSeconds: durationSeconds,
      ...(externalId !== undefined && { ExternalId: externalId }),
      ...(policy !== undefined && { Policy: policy }),
    },
    clientConfig: {
      ...(handler !== undefined && { requestHandler: handler }),
      ...(endpoint !== undefined && { endpoint }),
      ...(region !== undefined && { region }),
    },
  });
}
