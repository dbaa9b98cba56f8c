import { completionScript, type Shell, SHELLS } from "../completions.ts";
import type { Command } from "../context.ts";
import { EXIT } from "../exit.ts";

/** `cairn completions`. */
export const completions: Command = {
  kind: "command",
  name: "completions",
  summary: "Print the completion script of a shell",
  about: ["Made from the same definitions as this help, so it knows exactly what this executable knows."],
  examples: [
    { does: "bash, in ~/.bashrc", line: 'eval "$(cairn completions bash)"' },
    { does: "zsh, in ~/.zshrc after compinit", line: 'eval "$(cairn completions zsh)"' },
    { does: "fish", line: "cairn completions fish > ~/.config/fish/completions/cairn.fish" },
  ],
  positionals: [{ name: "SHELL", summary: `One of ${SHELLS.join(", ")}`, required: true, choices: SHELLS }],
  flags: [],
  run(context) {
    const [shell] = context.given.positionals;
    context.output.out.write(completionScript(shell as Shell, context.definitions));
    return EXIT.success;
  },
};
