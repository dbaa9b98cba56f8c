/** The store of `redis.ts` over TLS. */
import { defineCheckpointStore } from "cairn";
import redis from "./redis.ts";

const rediss: typeof redis = defineCheckpointStore({
  scheme: "rediss",
  description: "Checkpoints in Redis over TLS, for locations such as rediss://host:6379/0/prefix.",
  config: redis.config,
  open: (request) => redis.open(request),
});

export default rediss;
