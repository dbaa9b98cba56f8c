import { defineComponent, v } from "cairn";

export default defineComponent({
  description: "Stands for an extraction: gives numbered orders.",
  config: v.object({ count: v.number() }),
  run: ({ config }) => ({ orders: Array.from({ length: config.count }, (_, index) => index + 1) }),
});
