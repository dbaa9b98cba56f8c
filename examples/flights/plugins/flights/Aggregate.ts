import { join } from "node:path";
import { defineComponent, v } from "cairn";
import { quoted, withDuck } from "../lib/duck.ts";

export default defineComponent({
  description: "Sums flights, delays and distances by airport of origin and by route.",
  config: v.object({ source: v.string(), targetDir: v.string() }),
  run({ config, signal, step, artifact }) {
    return withDuck(signal, async (duck) => {
      const groups = { airports: "origin, origin_state", routes: "origin, destination" };
      const outputs: Record<string, number> = {};
      for (const [name, keys] of Object.entries(groups)) {
        const target = join(config.targetDir, `${name}.parquet`);
        outputs[name] = await step(name, () =>
          duck.copy(
            `select ${keys}, count(*) as flights, sum(delay)::bigint as delay_minutes,
                    count(*) filter (where delay > 15) as late, sum(distance)::bigint as miles
             from ${quoted(config.source)} group by ${keys} order by ${keys}`,
            target,
            "parquet",
          ),
        );
        await artifact(target);
      }
      return outputs;
    });
  },
});
