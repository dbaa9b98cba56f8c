/** The executable: a worker process, the version (which has to be quick), or the command line. */
import { version } from "./base/mod.ts";

const argv = process.argv.slice(2);
const [first] = argv;

if (first === "__worker") {
  const { workerMain } = await import("./api/mod.ts");
  await workerMain();
} else if (argv.length === 1 && (first === "--version" || first === "-V")) {
  process.stdout.write(`cairn ${version}\n`);
} else {
  const { main } = await import("./cli/mod.ts");
  const { env, stdout, stderr } = process;
  // oxlint-disable-next-line unicorn/no-process-exit -- handles that a component left open must not keep a finished run alive
  const exit = (code: number): void => process.exit(code);
  exit(await main({ argv, env, stdout, stderr, exit }));
}
