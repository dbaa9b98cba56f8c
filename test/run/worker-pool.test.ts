import { expect, test } from "bun:test";
import { createRedactor } from "../../src/base/mod.ts";
import { ownWorkerCommand } from "../../src/api/wire.ts";
import { ProcessWorker } from "../../src/run/process-worker.ts";
import { WorkerPool } from "../../src/run/worker-pool.ts";
import type { WorkerEnd, WorkerHandle } from "../../src/run/worker-handle.ts";

/** A pool of real processes, of which the first `deaths` die while their groups are noted. */
function poolWithDeaths(deaths: number): { readonly pool: WorkerPool; readonly started: ProcessWorker[] } {
  const started: ProcessWorker[] = [];
  const pool = new WorkerPool({
    start: () => {
      const worker = new ProcessWorker({
        command: ownWorkerCommand(),
        env: process.env,
        cwd: process.cwd(),
        silenceMs: 60_000,
        line: () => undefined,
        warning: () => undefined,
        secrets: createRedactor(),
        late: () => undefined,
      });
      started.push(worker);
      return worker;
    },
    noteGroups: async () => {
      const worker = started.at(-1);
      if (worker === undefined || started.length > deaths) return;
      process.kill(worker.pid, "SIGKILL");
      await worker.close();
    },
  });
  return { pool, started };
}

function endOf(worker: WorkerHandle): Promise<WorkerEnd> {
  const resolved = { type: "exec", file: undefined, folder: undefined, exportName: "default" };
  const order = { index: 0, name: "one", attempt: 1, resolved, config: {}, completed: [] };
  return new Promise((resolve) => {
    worker.start(order, {
      ended: resolve,
      step: () => undefined,
      ask: () => undefined,
      progress: () => undefined,
    });
  });
}

test("a worker that dies while its group is noted is not given to a component", async () => {
  const { pool, started } = poolWithDeaths(2);
  const worker = await pool.take(false);
  expect(worker.reusable).toBe(true);
  expect(started.indexOf(worker as ProcessWorker)).toBe(2);
  await pool.close();
});

test("where every worker dies, the component that starts is told", async () => {
  const { pool, started } = poolWithDeaths(100);
  const end = await endOf(await pool.take(false));
  expect(end).toEqual({ how: "exited", code: null, signal: "SIGKILL" });
  expect(started.length).toBeLessThan(10);
  await pool.close();
});
