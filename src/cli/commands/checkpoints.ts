import type { CommandContext } from "../context.ts";
import type { GroupDefinition } from "../definition.ts";
import { deleteCommand } from "./checkpoints-delete.ts";
import { list } from "./checkpoints-list.ts";
import { prune } from "./checkpoints-prune.ts";
import { reap } from "./checkpoints-reap.ts";
import { show } from "./checkpoints-show.ts";
import { verify } from "./checkpoints-verify.ts";

/** `cairn checkpoints`. */
export const checkpoints: GroupDefinition<CommandContext> = {
  kind: "group",
  name: "checkpoints",
  summary: "Look at the checkpoints of a location, and remove them",
  about: [
    "The location is --location=URI, or that of a pipeline file (--config=CONFIG), else CAIRN_LOCATION, else the default location in the system's temp folder.",
  ],
  examples: [
    { does: "what could be resumed?", line: "cairn checkpoints list daily.conf --resumable" },
    { does: "everything about the last run", line: "cairn checkpoints show latest --config=daily.conf" },
  ],
  commands: [list, show, verify, deleteCommand, prune, reap],
};
