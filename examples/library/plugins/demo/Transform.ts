import { existsSync } from "node:fs";
import { defineComponent, v } from "cairn";

export default defineComponent({
  description:
    "Sums the orders; fails until a file is there, as a component fails until its source is mended.",
  config: v.object({ flag: v.string() }),
  run({ config, outputs }) {
    if (!existsSync(config.flag)) throw new Error(`${config.flag} is missing`);
    const { orders } = outputs("Extract(orders)") as { readonly orders: readonly number[] };
    return { sum: orders.reduce((sum, order) => sum + order, 0) };
  },
});
