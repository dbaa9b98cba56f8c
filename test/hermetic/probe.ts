/**
 * A program with the mechanisms that Cairn's executable stands on: a module served to files on disk, itself as
 * a worker over IPC, the C library. `build.test.ts` compiles it with Cairn's own build.
 */
import { dlopen, FFIType } from "bun:ffi";

Bun.plugin({
  name: "cairn",
  setup(build) {
    build.module("cairn", () => ({ exports: { answer: 42 }, loader: "object" }));
  },
});

const [, , mode, file] = process.argv;
if (mode === "worker") {
  process.on("message", (message) => {
    process.send?.({ got: message, execArgv: process.execArgv });
    process.disconnect?.();
  });
} else if (mode === "load" && file !== undefined) {
  console.log(JSON.stringify((await import(file)).default));
} else if (mode === "fetch" && file !== undefined) {
  console.log(await (await fetch(file, { headers: { authorization: "Bearer canary" } })).text());
} else if (mode === "wait") {
  console.log("waiting");
  await Bun.stdin.text();
} else {
  const libc = dlopen("libc.so.6", { getpid: { args: [], returns: FFIType.i32 } });
  const heard = Promise.withResolvers<unknown>();
  const worker = Bun.spawn([process.execPath, "worker"], {
    ipc: (message) => heard.resolve(message),
    stdio: ["ignore", "inherit", "inherit"],
  });
  worker.send("ping");
  const state = {
    args: process.argv.slice(2),
    execArgv: process.execArgv,
    hostile: "HOSTILE" in globalThis,
    dotenv: process.env["HOSTILE_DOTENV"] ?? null,
    nodeEnv: process.env.NODE_ENV,
    sameProcess: libc.symbols.getpid() === process.pid,
    worker: await heard.promise,
  };
  await worker.exited;
  console.log(JSON.stringify(state));
}
