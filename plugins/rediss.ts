/** The store of `redis.ts` over TLS. */
import { defineCheckpointStore } from "cairn";
import redis from "./redis.ts";

const { description, config, open } = redis;

const rediss: typeof redis = defineCheckpointStore({ scheme: "rediss", description, config, open });

export default rediss;
