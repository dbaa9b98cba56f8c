/** A resource manager's REST interface, as far as `spark.submit` asks it (Hadoop: "ResourceManager REST APIs"). */
export interface FakeYarn extends AsyncDisposable {
  readonly url: string;
  add(id: string, tag: string, state: string): void;
  set(id: string, state: string, finalStatus: string): void;
  /** How often it was asked for one application. */
  looks(): number;
}

interface App {
  readonly id: string;
  readonly applicationTags: string;
  readonly state: string;
  readonly finalStatus: string;
  readonly progress: number;
  readonly trackingUrl: string;
}

export function fakeYarn(): FakeYarn {
  const apps = new Map<string, App>();
  let looks = 0;
  const set = (id: string, change: Partial<App>): void => {
    const known = apps.get(id) ?? {
      id,
      applicationTags: "",
      state: "NEW",
      finalStatus: "UNDEFINED",
      progress: 10,
      trackingUrl: `http://rm/proxy/${id}/`,
    };
    apps.set(id, { ...known, ...change });
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      const [, id, rest] = /^\/ws\/v1\/cluster\/apps(?:\/([^/]+)(\/state)?)?$/u.exec(pathname) ?? [];
      if (id === undefined) {
        const found = [...apps.values()].filter(({ applicationTags }) =>
          applicationTags.split(",").includes(searchParams.get("applicationTags") ?? ""),
        );
        return Response.json({ apps: found.length === 0 ? null : { app: found } });
      }
      const app = apps.get(id);
      if (app === undefined) return Response.json({ RemoteException: {} }, { status: 404 });
      if (rest !== undefined && request.method === "PUT") {
        set(id, (await request.json()) as Partial<App>);
        return Response.json({ state: "KILLED" }, { status: 202 });
      }
      looks++;
      return Response.json({ app });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    add: (id, tag, state) => set(id, { applicationTags: tag, state }),
    set: (id, state, finalStatus) => set(id, { state, finalStatus }),
    looks: () => looks,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
