import { CairnError, messageOf } from "../../base/mod.ts";
import { storeError, type StoreErrorCode } from "../errors.ts";
import { NoAnswer } from "./exchange.ts";
import { Refusal } from "./refusal.ts";

/** What may pass by itself, or by another try. */
const PASSING = new Set([
  // Says nothing of its cause: no DataNode to name, none that took the bytes, a file that couldn't be closed in time.
  "IOException",
  "StandbyException",
  "ObserverRetryOnActiveException",
  "RetriableException",
  "SafeModeException",
  "NotReplicatedYetException",
  "AlreadyBeingCreatedException",
  "RecoveryInProgressException",
  "LeaseExpiredException",
  "BlockMissingException",
  "ReplicaNotFoundException",
  "ConnectException",
  "SocketTimeoutException",
  "SocketException",
  "NoRouteToHostException",
  "EOFException",
  "ClosedChannelException",
]);
const PASSING_STATUS = new Set([408, 425, 429]);
const NO_QUOTA = /Quota.*ExceededException$|^MaxDirectoryItemsExceededException$|DiskOutOfSpaceException$/;
const NO_FOLDER = new Set([
  "FileAlreadyExistsException",
  "ParentNotDirectoryException",
  "PathIsNotDirectoryException",
  "NotDirectoryException",
]);
const UNTRUSTED = /CERT|certificate|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)/i;

type Verdict = readonly [code: StoreErrorCode, why: string, hint: string];

const AGAIN = "When the cluster answers again, resume; what was recorded is intact.";

/**
 * A failed call as an error of the store at `location` (undefined: of data that `doing` names); errors of Cairn pass as they are, and what is no failure of the
 * network or the server is thrown.
 *
 * @param doing What was tried, as in `write "a/000000000001"`.
 */
export function hdfsError(
  location: string | undefined,
  doing: string,
  writing: boolean,
  thrown: unknown,
): CairnError {
  if (thrown instanceof CairnError) return thrown;
  if (!(thrown instanceof NoAnswer || thrown instanceof Refusal || thrown instanceof SyntaxError))
    throw thrown;
  const [code, why, hint] = verdictOn(thrown, writing);
  const where = location === undefined ? "" : ` in the checkpoint store "${location}"`;
  return storeError(code, `Cannot ${doing}${where}: ${why}`, {
    hint,
    // Without what stands behind it, which may hold a request and with it a token.
    cause: new Error(messageOf(thrown)),
    details: {
      ...(location !== undefined && { location }),
      ...(thrown instanceof Refusal && { status: thrown.status, exception: thrown.exception }),
    },
  });
}

function verdictOn(thrown: NoAnswer | Refusal | SyntaxError, writing: boolean): Verdict {
  if (thrown instanceof NoAnswer) return ofNoAnswer(thrown, writing);
  if (thrown instanceof Refusal) return ofRefusal(thrown, writing);
  return [
    "STORE_UNAVAILABLE",
    `the server's answer is not WebHDFS's (${messageOf(thrown)})`,
    "Look whether the address is that of a NameNode's web server, and what stands between.",
  ];
}

function ofNoAnswer({ host, message }: NoAnswer, writing: boolean): Verdict {
  if (UNTRUSTED.test(message)) {
    return [
      writing ? "STORE_NOT_WRITABLE" : "STORE_NOT_READABLE",
      `the certificate of "${host}" is not trusted (${message})`,
      "Give your authority's certificates as a PEM file in NODE_EXTRA_CA_CERTS.",
    ];
  }
  return [
    "STORE_UNAVAILABLE",
    `"${host}" does not answer (${message})`,
    "NameNodes and DataNodes must be reached from this machine, by the names that they have in the cluster. When they answer, resume; what was recorded is intact.",
  ];
}

function ofRefusal(refusal: Refusal, writing: boolean): Verdict {
  const { host, status, exception, message } = refusal;
  const said = exception === "" ? message : `${exception}: ${message}`;
  const refused = writing ? "STORE_NOT_WRITABLE" : "STORE_NOT_READABLE";
  if (PASSING.has(exception) || PASSING_STATUS.has(status) || status >= 500) {
    return ["STORE_UNAVAILABLE", `"${host}" can't do it now (${said})`, AGAIN];
  }
  if (status === 401 || exception === "InvalidToken") {
    return [
      refused,
      `"${host}" does not know who asks (${said})`,
      "Get a ticket with kinit, or a new delegation token in HADOOP_TOKEN_FILE_LOCATION (hdfs fetchdt).",
    ];
  }
  if (
    exception === "AccessControlException" ||
    exception === "SecurityException" ||
    (status === 403 && exception === "")
  ) {
    return [
      refused,
      `permission is denied (${said})`,
      "Give the user that runs Cairn the right to that folder, or another location with --checkpoint=LOCATION. HADOOP_USER_NAME says who asks on a cluster without Kerberos.",
    ];
  }
  if (NO_QUOTA.test(exception)) {
    return [
      "STORE_FULL",
      `a quota is used up (${said})`,
      "Raise the quota or remove files, then resume; nothing that was recorded is lost.",
    ];
  }
  if (NO_FOLDER.has(exception)) {
    return [
      "STORE_NOT_A_FOLDER",
      `a file stands where a folder belongs (${said})`,
      "Remove the file, or give another location.",
    ];
  }
  if (status === 404 && exception === "") {
    return [
      "STORE_BAD_LOCATION",
      `"${host}" speaks no WebHDFS (${message})`,
      "Name a NameNode's web address, and look whether dfs.webhdfs.enabled is true there.",
    ];
  }
  return [
    "STORE_IO",
    `"${host}" refuses it (${said})`,
    "Look into the NameNode's log; when the cause is gone, resume.",
  ];
}
