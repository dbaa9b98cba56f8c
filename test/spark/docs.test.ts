import { describe, expect, test } from "bun:test";
import { join } from "node:path";

import { pluginExports } from "../../src/sdk/mod.ts";
import { openSession } from "../../src/spark/mod.ts";
import { tempDir } from "../kit/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { SETTINGS } from "./pyspark.ts";

const server = await sharedSpark();
const page = await Bun.file(join(import.meta.dir, "../../docs/spark.md")).text();

/** The examples of a section, as one program: they go on from each other. */
function programOf(heading: string): string {
  const section = page.slice(page.indexOf(`## ${heading}\n`)).split("\n## ")[0] ?? "";
  return [...section.matchAll(/^```ts\n(.*?)^```$/gms)]
    .map(([, text = ""]) => text)
    .join("\n")
    .replaceAll(/^import (\{[^}]*\}) from "cairn";$/gm, "const $1 = cairn;");
}

describe.skipIf(server === undefined)("docs/spark.md", () => {
  test("has examples of the vocabulary that run", async () => {
    await using spark = openSession(server?.url ?? "", { settings: SETTINGS });
    await spark.catalog.dropTable("daily", { ifExists: true });
    const said: string[] = [];
    const ctx = {
      spark: Object.assign(spark, {
        addArtifact: spark.addArtifact.bind(spark, join(import.meta.dir, "java/shout.jar")),
      }),
      log: { info: (line: string) => said.push(line) },
    };
    using folder = tempDir();
    const program = `export default async (cairn, ctx) => { ${programOf("The vocabulary")} return shouted; };`;
    folder.write("example.ts", program);
    const example = (await import(folder.join("example.ts"))) as {
      default: (cairn: typeof pluginExports, context: typeof ctx) => Promise<unknown>;
    };
    expect(await example.default(pluginExports, ctx)).toEqual({ name: "ANN" });
    await spark.catalog.dropTable("daily");
    expect(said).toEqual([
      "+--------+-----+\n|customer|total|\n+--------+-----+\n|     bob|99.00|\n|     ann|10.50|\n+--------+-----+\n",
      "3 rows, the last of 2026-01-31",
      "1 above the mean, 1 with a price to come",
    ]);
  }, 240_000);
});
