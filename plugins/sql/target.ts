import type { ComponentContext } from "cairn";
import type { WritePlace } from "./engine.ts";
import { sparkUri } from "./open-engine.ts";
import { localPath } from "./source-files.ts";
import { formatOf, type SqlConfig, type Target } from "./sql-config.ts";

/** A target, and where its rows are written until they are published. */
export interface OpenTarget {
  readonly uri: string;
  readonly place: WritePlace;
  /** An earlier attempt wrote, or writes, there. */
  readonly found: boolean;
  /** Removes what lies there. */
  discard(): Promise<void>;
}

/** Opens a target; what Spark writes there goes on when this process dies, so that its place is kept for the next attempt. */
export async function openTarget(
  ctx: ComponentContext<SqlConfig>,
  target: Target,
  folder: string,
): Promise<OpenTarget> {
  const { partitionBy, mode, path } = target;
  const format = target.format ?? formatOf(path) ?? "parquet";
  const uri = localPath(path, folder) ?? path;
  const isSpark = ctx.config.engine === "spark";
  // Only DuckDB writes one file; Spark's writers make several.
  const isFile = !isSpark && partitionBy.length === 0 && mode !== "append" && formatOf(path) !== undefined;
  const name = isFile ? {} : { name: "data" };
  const output = await ctx.output(uri, { mode, folder: !isFile, keep: isSpark, ...name });
  const place: WritePlace = {
    format,
    file: isFile ? output.path : undefined,
    folder: output.path,
    stagingUri:
      localPath(output.stagingUri, folder) === undefined ? output.stagingUri : sparkUri(output.stagingUri),
    partitionBy,
  };
  return { uri: output.uri, place, found: output.found, discard: output.discard };
}
