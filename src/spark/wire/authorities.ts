import { readFileSync } from "node:fs";
import { CairnError } from "../../base/mod.ts";

/** gRPC's own variable, so that one setting serves PySpark and us. */
const VARIABLE = "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH";

/** The certificates (PEM) that the environment names; undefined for the system's. @throws CairnError `SPARK_TLS`. */
export function trustedAuthorities(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const path = env[VARIABLE];
  if (path === undefined || path === "") return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CairnError(`Cannot read the certificates in ${path}, which ${VARIABLE} names`, {
      code: "SPARK_TLS",
      kind: "config",
      hint: "Name a file in PEM format, or unset the variable to trust the system's authorities.",
      cause,
    });
  }
}
