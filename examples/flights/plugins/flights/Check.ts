import { join } from "node:path";
import { defineComponent, PermanentError, v } from "cairn";
import { quoted, withDuck } from "../lib/duck.ts";

export default defineComponent({
  description: "Refuses to publish aggregates that do not add up to the cleaned flights.",
  config: v.object({
    source: v.string(),
    aggregatesDir: v.string(),
    minFlights: v.pipe(v.number(), v.integer(), v.description("fewer than this is a broken delivery")),
  }),
  run({ config, signal }) {
    return withDuck(signal, async (duck) => {
      const sums = async (table: string, count: string): Promise<string> =>
        JSON.stringify(await duck.rows(`select ${count} as flights from ${quoted(table)}`));
      const flights = await duck.number(`select count(*) from ${quoted(config.source)}`);
      if (flights < config.minFlights) {
        throw new PermanentError(`${flights} flights are fewer than the ${config.minFlights} expected`);
      }
      const wanted = await sums(config.source, "count(*)::bigint");
      for (const name of ["airports", "routes"]) {
        const found = await sums(join(config.aggregatesDir, `${name}.parquet`), "sum(flights)::bigint");
        if (found !== wanted)
          throw new PermanentError(`${name} sum up to ${found}, the cleaned flights to ${wanted}`);
      }
      return { flights };
    });
  },
});
