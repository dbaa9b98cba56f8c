import { fromBinary } from "@bufbuild/protobuf";
import { type ErrorInfo, ErrorInfoSchema, RetryInfoSchema } from "../gen/google/rpc/error_details_pb.ts";
import { StatusSchema } from "../gen/google/rpc/status_pb.ts";
import {
  type FetchErrorDetailsResponse,
  type FetchErrorDetailsResponse_Error,
  type FetchErrorDetailsResponse_QueryContext,
  FetchErrorDetailsResponse_QueryContext_ContextType,
} from "../gen/spark/connect/base_pb.ts";
import type { GrpcError } from "../wire/grpc-error.ts";
import { classAndState, type QueryContext, SparkError } from "./spark-error.ts";
import { sqlPlace } from "./sql-place.ts";
import { sqlTexts } from "./sql-texts.ts";

/** Longest wait that a server may ask for, in ms. */
const LONGEST_DELAY_MS = 600_000;
const MS_PER_SECOND = 1_000;
const NS_PER_MS = 1_000_000;
const TASK_ERROR =
  /^Job aborted due to stage failure: [^\n]*?\): ((?:[\w$]+\.)+[\w$]+): ([\s\S]*?)\n(?:\tat |\n?Driver stacktrace:)/;

function detail(error: GrpcError, type: string): Uint8Array | undefined {
  if (error.status === undefined) return undefined;
  const { details } = fromBinary(StatusSchema, error.status);
  return details.find(({ typeUrl }) => typeUrl.endsWith(`/${type}`))?.value;
}

/** What the server sent along with an error: the reason, and an ID to ask for more. */
export function errorInfo(error: GrpcError): ErrorInfo | undefined {
  const bytes = detail(error, "google.rpc.ErrorInfo");
  return bytes === undefined ? undefined : fromBinary(ErrorInfoSchema, bytes);
}

/** How long the server asks to wait before a repeat, in ms; 0 where it doesn't ask. */
export function retryDelayMs(error: GrpcError): number {
  const bytes = detail(error, "google.rpc.RetryInfo");
  const delay = bytes === undefined ? undefined : fromBinary(RetryInfoSchema, bytes).retryDelay;
  if (delay === undefined) return 0;
  return Math.min(Number(delay.seconds) * MS_PER_SECOND + delay.nanos / NS_PER_MS, LONGEST_DELAY_MS);
}

/**
 * Spark's error with what `fetch` gives for its ID; `about` is the plan that was sent. A server that can't tell more
 * (3.5, or the session is gone) leaves what is in the message.
 */
export async function readSparkError(
  error: GrpcError,
  { about, operationId }: { readonly about?: unknown; readonly operationId?: string | undefined },
  fetch: (errorId: string) => Promise<FetchErrorDetailsResponse>,
): Promise<SparkError> {
  const metadata = errorInfo(error)?.metadata ?? {};
  const root = await rootError(metadata["errorId"], fetch);
  const task = root === undefined ? taskError(error.message) : undefined;
  const message = root?.message ?? task?.message ?? error.message;
  const said = classAndState(message);
  const throwable = root?.sparkThrowable;
  const queryContexts = (throwable?.queryContexts ?? []).map(contextOf);
  return new SparkError(message === "" ? "Spark gave no message" : message, {
    errorClass: throwable?.errorClass ?? metadata["errorClass"] ?? said.errorClass,
    sqlState: throwable?.sqlState ?? metadata["sqlState"] ?? said.sqlState,
    parameters: throwable?.messageParameters ?? {},
    queryContexts,
    operationId,
    typeHierarchy: root?.errorTypeHierarchy ?? [
      ...(task === undefined ? [] : [task.type]),
      ...classesIn(metadata["classes"]),
    ],
    place: sqlPlace(message, queryContexts.filter(isOfQuery), sqlTexts(about)),
    cause: error,
  });
}

/** What a task failed of: 3.5 has it within the message that its job was aborted, with Java's stack below it. */
function taskError(message: string): { readonly type: string; readonly message: string } | undefined {
  const [, type, said] = TASK_ERROR.exec(message) ?? [];
  return type === undefined || said === undefined ? undefined : { type, message: said.trimEnd() };
}

async function rootError(
  errorId: string | undefined,
  fetch: (errorId: string) => Promise<FetchErrorDetailsResponse>,
): Promise<FetchErrorDetailsResponse_Error | undefined> {
  if (errorId === undefined) return undefined;
  try {
    const { errors, rootErrorIdx } = await fetch(errorId);
    return errors[rootErrorIdx ?? 0];
  } catch {
    // The error itself matters more than that nothing could be learned about it.
    return undefined;
  }
}

function contextOf(context: FetchErrorDetailsResponse_QueryContext): QueryContext {
  const { objectType, objectName, startIndex, stopIndex, fragment, callSite, summary } = context;
  const kind =
    context.contextType === FetchErrorDetailsResponse_QueryContext_ContextType.SQL ? "sql" : "dataframe";
  return { kind, objectType, objectName, startIndex, stopIndex, fragment, callSite, summary };
}

/** A context may lie in the text of a view, which isn't what was sent. */
function isOfQuery({ kind, objectType }: QueryContext): boolean {
  return kind === "sql" && objectType === "";
}

function classesIn(json: string | undefined): string[] {
  if (json === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(json);
    return Array.isArray(parsed) ? parsed.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}
