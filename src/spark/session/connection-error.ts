import { CairnError } from "../../base/mod.ts";
import { addressOf, isThisMachine, type SparkEndpoint } from "../wire/connection-string.ts";
import { GRPC, type GrpcError } from "../wire/grpc-error.ts";
import { REQUESTS_SINCE } from "./protocol-since.ts";
import { steer } from "./steering.ts";

/** What stands behind a failed connection, by the code of the system's or TLS's error. */
interface Known {
  readonly code: string;
  readonly says: string;
  readonly hint: string;
  /** Whether it stays so, however often it is tried. */
  readonly final?: boolean;
}

const TLS_HINT =
  "Name the file with the authority's certificate in GRPC_DEFAULT_SSL_ROOTS_FILE_PATH or the option ca.";

const KNOWN: Readonly<Record<string, Known>> = {
  ECONNREFUSED: {
    code: "SPARK_UNREACHABLE",
    says: "the connection was refused",
    hint: "Is the Spark Connect server up, and is this its port (15002 by default)? It is started with sbin/start-connect-server.sh.",
  },
  ENOTFOUND: {
    code: "SPARK_UNREACHABLE",
    says: "there is no such host",
    hint: "Check the host name in the connection string.",
  },
  ETIMEDOUT: {
    code: "SPARK_UNREACHABLE",
    says: "nobody answers",
    hint: "Check the address, and whether a firewall stands between.",
  },
  EHOSTUNREACH: {
    code: "SPARK_UNREACHABLE",
    says: "there is no way to the host",
    hint: "Check the address and the network.",
  },
  CERT_HAS_EXPIRED: {
    code: "SPARK_TLS",
    says: "the server's certificate has expired",
    hint: "Renew it on the server.",
    final: true,
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    code: "SPARK_TLS",
    says: "the server speaks no TLS at this port",
    hint: "Leave out use_ssl=true, or name the port that has TLS.",
    final: true,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: "SPARK_TLS",
    says: "the server's certificate is for another host",
    hint: "Use the host name that the certificate is for.",
    final: true,
  },
};
const UNTRUSTED = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

function known(error: GrpcError): Known | undefined {
  const code: unknown = error.cause instanceof Error ? Reflect.get(error.cause, "code") : undefined;
  if (typeof code !== "string") return undefined;
  if (UNTRUSTED.has(code)) {
    return {
      code: "SPARK_TLS",
      says: "nobody trusted has signed the server's certificate",
      hint: TLS_HINT,
      final: true,
    };
  }
  return KNOWN[code];
}

/** Whether a failed connection fails again, however often it is tried. */
export function isFinal(error: GrpcError): boolean {
  return known(error)?.final === true;
}

/** The error of a call that the server didn't answer as Spark: connection, TLS, proxy, rights. */
export function connectionError(error: GrpcError, endpoint: SparkEndpoint, action: string): CairnError {
  const { code, says, hint } = known(error) ?? byStatus(error, endpoint);
  const message = `Cannot ${action} on Spark at ${addressOf(endpoint)}: ${says}`;
  const made = new CairnError(message, { code, kind: "world", hint, cause: error });
  return code === "SPARK_UNREACHABLE" || code === "SPARK_TIMEOUT" ? steer(made, "transient") : made;
}

function byStatus(error: GrpcError, endpoint: SparkEndpoint): Known {
  const says = error.message === "" ? `gRPC status ${error.code}` : error.message;
  switch (error.code) {
    case GRPC.unauthenticated:
      return {
        code: "SPARK_UNAUTHENTICATED",
        says: `it asks who we are (${says})`,
        hint:
          endpoint.token === undefined
            ? "Add ;token=… to the connection string."
            : "Is the token still valid?",
      };
    case GRPC.permissionDenied:
      return { code: "SPARK_FORBIDDEN", says: `it is forbidden (${says})`, hint: "Ask who runs the server." };
    case GRPC.unimplemented:
      return unknownRequest(says);
    case GRPC.deadlineExceeded:
      return { code: "SPARK_TIMEOUT", says, hint: "The server may be overloaded; try again later." };
    case GRPC.unavailable:
      return {
        code: "SPARK_UNREACHABLE",
        says,
        hint: isThisMachine(endpoint.host)
          ? "Is the server up, and does it speak gRPC at this port?"
          : `Is the server up, and does it speak gRPC ${endpoint.tls ? "with" : "without"} TLS (use_ssl=${endpoint.tls}) at this port?`,
      };
    default:
      return { code: "SPARK_CALL_FAILED", says, hint: "The server's log may say more." };
  }
}

function unknownRequest(says: string): Known {
  const request = /SparkConnectService\/(\w+)/.exec(says)?.[1] ?? "";
  const since = REQUESTS_SINCE[request];
  if (since === undefined) {
    return {
      code: "SPARK_UNSUPPORTED",
      says: `the server doesn't know this request (${says})`,
      hint: "Is it Spark Connect? Its port is 15002 by default.",
    };
  }
  return {
    code: "SPARK_UNSUPPORTED",
    says: `the server doesn't know the request ${request}, which came with Spark ${since}`,
    hint: "Use a newer server; docs/spark.md lists what each version has.",
  };
}
