import { expect, test } from "bun:test";
import { join } from "node:path";
import { cairnCommand, cleanEnv, root, tempDir } from "../../kit/mod.ts";

test("the example of docs/components/http.md does what the page says", async () => {
  const page = await Bun.file(join(root, "docs/components/http.md")).text();
  const block = (head: string): string =>
    new RegExp(`^\`\`\`${head}\n(.*?)^\`\`\`$`, "msu").exec(page)?.[1] ?? "";
  const seen: (string | null)[] = [];
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/rates.json") return Response.json({ EUR: 1.08 });
      if (pathname === "/orders.csv") return new Response("1,2\n3,4\n", { headers: { ETag: '"1"' } });
      seen.push(await request.text(), request.headers.get("authorization"));
      seen.push(request.headers.get("idempotency-key"));
      return new Response(null, { status: 202 });
    },
  });
  using dir = tempDir();
  dir.write("http.conf", block("hocon http.conf"));
  const words = cairnCommand().map((part) => `'${part}'`);
  dir.write("cairn", `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, 0o755);
  const shell = Bun.spawn(["bash", "-c", `exec 2>&1\n${block("sh")}`], {
    cwd: dir.path,
    env: cleanEnv({
      PATH: `${dir.path}:${process.env["PATH"]}`,
      API: `http://127.0.0.1:${server.port}`,
      API_TOKEN: "token-of-the-test",
    }),
    stdin: "ignore",
    stdout: "pipe",
  });
  const said = await shell.stdout.text();
  for (const line of block("text").trim().split("\n")) {
    expect(said).toMatch(new RegExp(line.split("…").map(RegExp.escape).join(".*"), "u"));
  }
  expect(seen).toEqual([
    '{"day":"2026-11-24","rows":2}',
    "Bearer token-of-the-test",
    expect.stringMatching(/^cairn-[\w-]+-[0-9a-f]{16}$/u),
  ]);
});
