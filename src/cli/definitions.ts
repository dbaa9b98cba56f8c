import { checkpoints } from "./commands/checkpoints.ts";
import { completions } from "./commands/completions.ts";
import { config } from "./commands/config.ts";
import { graph } from "./commands/graph.ts";
import { doctor } from "./commands/doctor.ts";
import { help } from "./commands/help.ts";
import { hocon } from "./commands/hocon.ts";
import { init } from "./commands/init.ts";
import { plan } from "./commands/plan.ts";
import { plugins } from "./commands/plugins.ts";
import { resume } from "./commands/resume.ts";
import { run } from "./commands/run.ts";
import { validate } from "./commands/validate.ts";
import { version } from "./commands/version.ts";
import type { CommandContext } from "./context.ts";
import type { Definition } from "./definition.ts";

/** Every command, in the order in which help lists them. To add one: a file in `commands/` and a line here. */
export const definitions: readonly Definition<CommandContext>[] = [
  run,
  resume,
  plan,
  validate,
  init,
  graph,
  config,
  hocon,
  checkpoints,
  plugins,
  doctor,
  completions,
  help,
  version,
];
