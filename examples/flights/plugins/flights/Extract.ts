import { join } from "node:path";
import { defineComponent, v } from "cairn";
import { quoted, withDuck } from "../lib/duck.ts";

export default defineComponent({
  description: "Copies the flights, one month a step, and the airports from the source folder into staging.",
  config: v.object({
    sourceDir: v.pipe(v.string(), v.description("folder with flights-3m.parquet and airports.csv")),
    stagingDir: v.pipe(v.string(), v.description("where the copies go")),
    months: v.pipe(
      v.array(v.pipe(v.string(), v.isoDate())),
      v.minLength(1),
      v.description("first days of the months to take"),
    ),
  }),
  run({ config, signal, log, step, progress, artifact }) {
    const total = config.months.length + 1;
    return withDuck(signal, async (duck) => {
      let flights = 0;
      for (const [index, month] of config.months.entries()) {
        const target = join(config.stagingDir, `flights-${month.slice(0, 7)}.parquet`);
        flights += await step(`flights ${month}`, () =>
          duck.copy(
            `select * from ${quoted(join(config.sourceDir, "flights-3m.parquet"))}
             where date >= date ${quoted(month)} and date < date ${quoted(month)} + interval 1 month`,
            target,
            "parquet",
          ),
        );
        await artifact(target);
        progress(index + 1, total, month);
      }
      const airportsFile = join(config.stagingDir, "airports.parquet");
      const airports = await step("airports", () =>
        duck.copy(`select * from ${quoted(join(config.sourceDir, "airports.csv"))}`, airportsFile, "parquet"),
      );
      await artifact(airportsFile);
      progress(total, total, "airports");
      log.info("extracted", { flights, airports });
      return { flights, airports };
    });
  },
});
