/** How a server is started. */
export interface ServerCommand {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether it answers; asked until it does. Throwing counts as no. */
  readonly isUp: () => Promise<boolean>;
  /** Longest time until it answers, in ms. */
  readonly startMs?: number;
}

export interface RunningServer extends AsyncDisposable {
  readonly name: string;
  /** Ends it, and returns when it is gone. */
  stop(): Promise<void>;
}

const START_MS = 30_000;
const LOOK_MS = 50;
const LAST_CHARACTERS = 2_000;

/**
 * The server runs below a shell that ends it when the pipe from this process closes: by `stop`, and also where this
 * process is killed. It is ended by its process id, at first kindly.
 */
const KEEPER = `
exec 3<&0
"$@" </dev/null 3<&- &
pid=$!
( cat <&3 >/dev/null; kill "$pid" 2>/dev/null; for i in 1 2 3 4 5 6 7 8 9 10; do
    kill -0 "$pid" 2>/dev/null || exit 0; sleep 0.3; done; kill -9 "$pid" 2>/dev/null ) 2>/dev/null &
wait "$pid"
`;

/** Starts a server and waits until it answers. @throws with the last of what it wrote, where it doesn't in time. */
export async function startServer(server: ServerCommand): Promise<RunningServer> {
  const child = Bun.spawn(["sh", "-c", KEEPER, "sh", ...server.command], {
    env: { ...process.env, ...server.env },
    ...(server.cwd !== undefined && { cwd: server.cwd }),
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  let wrote = "";
  const decoder = new TextDecoder();
  const keep = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const bytes of stream) wrote = (wrote + decoder.decode(bytes)).slice(-LAST_CHARACTERS);
  };
  const reading = Promise.all([keep(child.stdout), keep(child.stderr)]);
  const stop = async (): Promise<void> => {
    await child.stdin.end();
    await child.exited;
    await reading;
  };
  const deadline = performance.now() + (server.startMs ?? START_MS);
  while (!(await answers(server))) {
    const ended = child.exitCode !== null;
    if (ended || performance.now() > deadline) {
      await stop();
      throw new Error(
        `${server.name} ${ended ? `ended with ${child.exitCode}` : "doesn't answer"}:\n${wrote}`,
      );
    }
    await Bun.sleep(LOOK_MS);
  }
  return { name: server.name, stop, [Symbol.asyncDispose]: stop };
}

async function answers({ isUp }: ServerCommand): Promise<boolean> {
  try {
    return await isUp();
  } catch {
    // Not yet: nobody listens.
    return false;
  }
}
