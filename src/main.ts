/** The executable: a worker process, the launcher of a program, a racer of `doctor`, the keeper of a lease, the version (which has to be quick), or the command line. */
import { version } from "./base/version.ts";

const argv = process.argv.slice(2);
const [first] = argv;

if (first === "__worker") {
  const { workerMain } = await import("./api/mod.ts");
  await workerMain();
} else if (first === "__program") {
  const { launch } = await import("./program/mod.ts");
  // Only where the program could not be started does anything come back.
  // oxlint-disable-next-line unicorn/no-process-exit -- the launcher's exit code is its answer
  process.exit(launch(argv.slice(1)));
} else if (first === "__racer") {
  const { racerMain } = await import("./api/mod.ts");
  await racerMain();
} else if (first === "__keeper") {
  const { leaseKeeperMain } = await import("./api/mod.ts");
  await leaseKeeperMain(Number(argv[1]));
  // oxlint-disable-next-line unicorn/no-process-exit -- a store that does not answer must not keep it alive
  process.exit(0);
} else if (argv.length === 1 && (first === "--version" || first === "-V")) {
  // oxlint-disable-next-line eslint/no-console -- making process.stdout would take as long as the whole start
  console.log(`cairn ${version}`);
} else {
  const { main, processSink, tellRunnerExited, wantsJson } = await import("./cli/mod.ts");
  const { takeStream } = await import("./base/mod.ts");
  const sinks = { out: processSink(1), err: processSink(2) };
  // What hooks and components in the runner print would else be lost at the exit, or come between two parts of a line.
  takeStream("stdout", sinks.out.isTerminal, (chunk) => sinks.out.write(chunk));
  takeStream("stderr", sinks.err.isTerminal, (chunk) => sinks.err.write(chunk));
  // The command's own result, and not what a component prints.
  let printed = false;
  const out: typeof sinks.out = {
    ...sinks.out,
    write(text) {
      printed = true;
      sinks.out.write(text);
    },
  };
  const env = { ...process.env };
  let ended = false;
  const exit = (code: number): void => {
    ended = true;
    // oxlint-disable-next-line unicorn/no-process-exit -- handles that a component left open must not keep a finished run alive
    process.exit(code);
  };
  // A component with `isolation = none`, or a hook, may call `process.exit(0)`: nobody must take that for a success.
  process.on("exit", () => {
    if (ended) return;
    process.exitCode = tellRunnerExited(!printed && wantsJson(argv, env));
  });
  // What a component in the runner starts with `process.env` must not take our flags' variables for its own.
  for (const name of Object.keys(env))
    if (name.startsWith("CAIRN_")) Reflect.deleteProperty(process.env, name);
  exit(await main({ argv, env, sinks: { ...sinks, out }, exit }));
}
