import { type ArgsDef, type CommandDef, defineCommand } from "citty";
import type { Command, CommandContext } from "./context.ts";
import { generalFlags } from "./flags.ts";

/** A definition of ours as citty's: the same names, aliases, descriptions. */
export function toCitty(command: Command, context: CommandContext, done: (code: number) => void): CommandDef {
  const args: ArgsDef = {};
  for (const flag of [...command.flags, ...generalFlags]) {
    const common = { description: flag.summary, ...(flag.short === undefined ? {} : { alias: flag.short }) };
    args[flag.name] =
      flag.type === "boolean"
        ? { ...common, type: "boolean" }
        : { ...common, type: "string", valueHint: flag.value ?? flag.name };
  }
  return defineCommand({
    meta: { name: command.name, description: command.summary },
    args,
    run: async () => done(await command.run(context)),
  }) as CommandDef;
}
