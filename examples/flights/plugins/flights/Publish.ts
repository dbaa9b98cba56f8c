import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineComponent, v } from "cairn";
import { quoted, withDuck } from "../lib/duck.ts";

export default defineComponent({
  description: "Publishes the aggregates as CSV and Parquet with a summary of what went in.",
  config: v.object({ aggregatesDir: v.string(), targetDir: v.string() }),
  run({ config, signal, outputs, artifact, run }) {
    return withDuck(signal, async (duck) => {
      for (const name of ["airports", "routes"]) {
        for (const format of ["csv", "parquet"] as const) {
          const target = join(config.targetDir, `${name}.${format}`);
          await duck.copy(
            `select * from ${quoted(join(config.aggregatesDir, `${name}.parquet`))}`,
            target,
            format,
          );
          await artifact(target);
        }
      }
      const [totals] = await duck.rows(
        `select sum(flights)::bigint as flights, sum(delay_minutes)::bigint as delay_minutes, sum(miles)::bigint as miles
         from ${quoted(join(config.aggregatesDir, "airports.parquet"))}`,
      );
      const summary = {
        runId: run.rootRunId,
        extracted: outputs("Extract(flights)"),
        cleaned: outputs("Clean(flights)"),
        flights: Number(totals?.["flights"]),
        delayMinutes: Number(totals?.["delay_minutes"]),
        miles: Number(totals?.["miles"]),
      };
      const target = join(config.targetDir, "summary.json");
      await writeFile(`${target}.tmp`, `${JSON.stringify(summary, null, 2)}\n`);
      await rename(`${target}.tmp`, target);
      await artifact(target);
      return { flights: summary.flights, miles: summary.miles };
    });
  },
});
