import { join } from "node:path";
import { defineComponent, v } from "cairn";
import { quoted, withDuck } from "../lib/duck.ts";

export default defineComponent({
  description: "Drops doubled and impossible flights and joins the airports of both ends.",
  config: v.object({
    stagingDir: v.string(),
    target: v.pipe(v.string(), v.description("the cleaned flights, Parquet")),
    earliestDelay: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.description("delays below this many minutes are errors of the source"),
      ),
      -120,
    ),
  }),
  run({ config, signal, log, artifact }) {
    return withDuck(signal, async (duck) => {
      const flights = quoted(join(config.stagingDir, "flights-*.parquet"));
      const airports = quoted(join(config.stagingDir, "airports.parquet"));
      const read = await duck.number(`select count(*) from ${flights}`);
      const kept = await duck.copy(
        `select f.date, f.delay, f.distance, f.origin, o.state as origin_state, f.destination, d.state as destination_state
         from (select distinct date, delay, distance, origin, destination from ${flights}) f
         join ${airports} o on o.iata = f.origin
         join ${airports} d on d.iata = f.destination
         where f.delay >= ${config.earliestDelay}
         order by f.date, f.origin, f.destination, f.delay, f.distance`,
        config.target,
        "parquet",
      );
      await artifact(config.target);
      log.info("cleaned", { read, kept, dropped: read - kept });
      return { read, kept };
    });
  },
});
