/** A system outside that does what it is told and counts how often: it takes keys and knows no repetitions by them. */
export interface OutsideSystem extends AsyncDisposable {
  readonly url: string;
  /** How often each key was started. */
  readonly starts: ReadonlyMap<string, number>;
  readonly cancels: readonly string[];
  /** Called when a start has been done, before it is answered; may give another answer. */
  onStart: ((key: string) => Response | void | Promise<Response | void>) | undefined;
}

export function outsideSystem(): OutsideSystem {
  const starts = new Map<string, number>();
  const cancels: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const key = new URL(request.url).pathname.slice(1);
      if (request.method === "POST") {
        starts.set(key, (starts.get(key) ?? 0) + 1);
        const answer = await system.onStart?.(key);
        if (answer instanceof Response) return answer;
      }
      if (request.method === "DELETE") cancels.push(key);
      return starts.has(key) ? Response.json({ job: key }) : new Response("no such job", { status: 404 });
    },
  });
  const system: OutsideSystem = {
    url: `http://127.0.0.1:${server.port}`,
    starts,
    cancels,
    onStart: undefined,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
  return system;
}

/** A component that starts a job there; `lookup` false: it can't look whether it did. */
export const SUBMIT = `import { defineComponent, v } from "cairn";

export default defineComponent({
  config: v.object({ url: v.string(), lookup: v.optional(v.boolean(), true), key: v.optional(v.string(), "job"), cancels: v.optional(v.boolean(), false) }),
  async run({ config, intent }) {
    const at = (call) => config.url + "/" + call.idempotencyKey;
    const job = await intent(config.key, {
      async start(call) {
        const answer = await fetch(at(call), { method: "POST" });
        if (!answer.ok) throw new Error("refused: " + answer.status);
        return answer.json();
      },
      find: !config.lookup ? undefined : async (call) => {
        const answer = await fetch(at(call));
        return answer.status === 404 ? undefined : answer.json();
      },
      cancel: !config.cancels ? undefined : async (call) => { await fetch(at(call), { method: "DELETE" }); },
    });
    return { job };
  },
});
`;
