import { CairnError } from "../../base/mod.ts";

/** @throws CairnError `SPARK_TAG_INVALID` for an empty tag or one with a comma, which is what Spark joins them by. */
export function checkTag(tag: string): string {
  if (tag !== "" && !tag.includes(",")) return tag;
  throw new CairnError(`Cannot tag Spark operations with "${tag}": a tag is not empty and has no comma`, {
    code: "SPARK_TAG_INVALID",
    kind: "config",
  });
}
