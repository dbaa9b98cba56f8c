import { join } from "node:path";

import type { SparkServer } from "../servers/spark/spark-server.ts";

/** The same for both clients: one zone, and as little work as may be for the many small queries. */
export const SETTINGS: Readonly<Record<string, string>> = {
  "spark.sql.session.timeZone": "UTC",
  "spark.sql.shuffle.partitions": "1",
  // Compiling code takes longer than such queries.
  "spark.sql.codegen.wholeStage": "false",
  "spark.sql.codegen.factoryMode": "NO_CODEGEN",
};

/** As {@link SETTINGS}, with the types that Spark has switched off by default; older versions don't know them. */
export const ALL_TYPES: Readonly<Record<string, string>> = {
  ...SETTINGS,
  "spark.sql.timeType.enabled": "true",
  "spark.sql.timestampNanosTypes.enabled": "true",
};

/** What PySpark's client answers: an error's first line, or values with their types (`exactly.ts`). */
export interface Answer {
  readonly error?: string;
  readonly schema?: string;
  readonly rows?: readonly (readonly unknown[])[];
  readonly ms?: number;
  /** Where a message isn't PySpark's: `path: theirs | ours`. */
  readonly differences?: readonly string[];
  /** Arguments that functions can be called with, by their names. */
  readonly calls?: Readonly<Record<string, readonly (readonly (string | number)[])[]>>;
  /** What a class of PySpark's has. */
  readonly names?: readonly string[];
}

/** PySpark's own client in a process of its own; orders are answered one by one. */
export interface PySpark {
  ask(order: Readonly<Record<string, unknown>>): Promise<Answer>;
  end(): Promise<void>;
}

/** Starts PySpark's client on the server's packages. */
export function startPySpark(
  server: SparkServer,
  settings: Readonly<Record<string, string>> = SETTINGS,
): PySpark {
  const program = join(import.meta.dir, "pyspark-client.py");
  const child = Bun.spawn(["python3", "-W", "ignore", program, server.url, JSON.stringify(settings)], {
    env: { ...process.env, PYTHONPATH: server.packages, PYTHONDONTWRITEBYTECODE: "1" },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  const said = new Response(child.stderr).text();
  const reading = readLines(child.stdout, (line) => {
    const { id, ...answer } = JSON.parse(line) as Answer & { id: number };
    waiting.get(id)?.(answer);
    waiting.delete(id);
  }).then(async () => {
    const error = `PySpark's client ended: ${(await said).slice(-2000)}`;
    for (const answer of waiting.values()) answer({ error });
  });
  let last = 0;
  return {
    ask(order) {
      const id = ++last;
      const { promise, resolve } = Promise.withResolvers<Answer>();
      waiting.set(id, resolve);
      void child.stdin.write(`${JSON.stringify({ ...order, id })}\n`);
      void child.stdin.flush();
      return promise;
    },
    async end() {
      await child.stdin.end();
      await reading;
      await child.exited;
    },
  };
}

async function readLines(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") take(line);
  }
}
