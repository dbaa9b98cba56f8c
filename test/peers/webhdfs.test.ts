import { expect, test } from "bun:test";

import { cleanEnv, tempDir } from "../kit/mod.ts";

/** What a name node or a data node answers in a test. */
type Answer = (request: Request, url: URL) => Response;

/** Runs one call of the client in a process of its own against a server on the loopback address. */
async function call(answer: Answer, expression: string): Promise<string> {
  using dir = tempDir();
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => answer(request, new URL(request.url)),
  });
  const client = Bun.resolveSync("webhdfs", import.meta.dir);
  dir.write(
    "call.cjs",
    `const client = require(${JSON.stringify(client)}).createClient({ host: "127.0.0.1", port: ${server.port}, path: "/webhdfs/v1" });
     const say = (...args) => { console.log(JSON.stringify(args.map((arg) => arg instanceof Error ? "error: " + arg.message : arg ?? null))); process.exit(0); };
     ${expression}`,
  );
  const child = Bun.spawn([process.execPath, "call.cjs"], {
    cwd: dir.path,
    env: cleanEnv(),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return (stdout + stderr).trim();
}

/** A name node that sends writes on to "its data node", which answers as given. */
function redirecting(dataNode: () => Response): Answer {
  return (_request, url) => {
    if (url.pathname.startsWith("/data")) return dataNode();
    return new Response(null, { status: 307, headers: { location: `${url.origin}/data${url.pathname}` } });
  };
}

test("webhdfs writes a file where all is well, so that what follows is about the client", async () => {
  const said = await call(
    redirecting(() => new Response(null, { status: 201 })),
    `client.writeFile("/a", "text", say);`,
  );
  expect(said).toBe("[null]");
});

test("webhdfs calls a write done that the data node has refused with 503", async () => {
  const said = await call(
    redirecting(() => new Response("no space", { status: 503 })),
    `client.writeFile("/a", "text", say);`,
  );
  expect(said).toBe("[null]");
});

test("webhdfs calls a rename done where HDFS says that it did not happen", async () => {
  const said = await call(() => Response.json({ boolean: false }), `client.rename("/a.tmp", "/a", say);`);
  expect(said).toBe("[null]");
});

test("webhdfs takes a name node in standby for a file that doesn't exist", async () => {
  const standby = {
    RemoteException: { exception: "StandbyException", message: "READ is not supported in state standby" },
  };
  const said = await call(() => Response.json(standby, { status: 403 }), `client.exists("/a", say);`);
  expect(said).toBe("[false]");
});

test("webhdfs knows neither a second name node nor a time limit, and stands on a deprecated HTTP client", async () => {
  const manifest = (await Bun.file(Bun.resolveSync("webhdfs/package.json", import.meta.dir)).json()) as {
    dependencies: Record<string, string>;
  };
  // Its HTTP client has been deprecated since 2020.
  expect(Object.keys(manifest.dependencies)).toContain("request");
  const source = await Bun.file(
    Bun.resolveSync("webhdfs", import.meta.dir).replace(/index\.js$/, "lib/webhdfs.js"),
  ).text();
  expect(source).not.toMatch(/timeout|standby|failover/i);
});
