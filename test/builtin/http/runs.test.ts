import { expect, test } from "bun:test";
import { runCairn, tempDir } from "../../kit/mod.ts";
import { rawServer } from "./raw-server.ts";

test("a POST of which nobody knows what became is sent again only once somebody has declared it", async () => {
  await using server = await rawServer((_request, number) =>
    number === 0
      ? { head: "", end: "cut" }
      : { head: "200 OK\nContent-Type: application/json", body: '{"order":7}' },
  );
  using dir = tempDir();
  dir.write(
    "p.conf",
    `pipeline { pipeline-name = p
  checkpoint { enabled = true, auto-resume = true, location = checkpoints, cleanup-on-success = false }
  retry-policy { max-retries = 3, initial-delay-ms = 1 }
  pipeline-components = [
    { instance-type = http, instance-name = Order, instance-config {
        url = "${server.url}", method = POST, auth { bearer = "secret://env/API_TOKEN" }, body { text = one } } }
  ] }
`,
  );
  const run = (...args: readonly string[]): ReturnType<typeof runCairn> =>
    runCairn(["run", "p.conf", ...args, "--format=json"], {
      cwd: dir.path,
      env: { API_TOKEN: "token-4711" },
    });
  const first = await run();
  expect([first.code, first.stdout]).toEqual([1, expect.stringContaining("HTTP_OUTCOME_UNKNOWN")]);
  const second = await run();
  expect([second.code, second.stdout]).toEqual([1, expect.stringContaining("OUTCOME_UNKNOWN")]);
  expect(server.seen).toHaveLength(1);
  const declared = await run("--declare=Order/request=absent");
  expect([declared.code, declared.stdout]).toEqual([0, expect.stringContaining('"order": 7')]);
  expect(server.seen).toHaveLength(2);
  expect(first.stdout + first.stderr + second.stderr + declared.stdout).not.toContain("token-4711");
}, 60_000);
