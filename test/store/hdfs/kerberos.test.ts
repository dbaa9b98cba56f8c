import { afterAll, describe, expect, test } from "bun:test";
import { dlopen } from "bun:ffi";
import { callUrl } from "../../../src/store/hdfs/name-call.ts";
import { negotiate } from "../../../src/store/hdfs/spnego.ts";
import { storeConformance } from "../../../src/store/testing.ts";
import { hdfsBench, hdfsForFile, LAW_MS, LEFT_OUT, newPath, openHdfs } from "./hdfs-bench.ts";

const server = await hdfsForFile("HDFS with Kerberos", { kerberos: true });

/** Opened only where there is a cluster: not every system has a library of that name. */
function openLibc() {
  return dlopen("libc.so.6", {
    setenv: { args: ["cstring", "cstring", "i32"], returns: "i32" },
    unsetenv: { args: ["cstring"], returns: "i32" },
  }).symbols;
}
const libc = server === undefined ? undefined : openLibc();

/** Sets a variable for the Kerberos library, which reads the process's own environment and not JavaScript's copy. */
function setForLibrary(name: string, value: string | undefined): void {
  const zero = (text: string): Uint8Array => Buffer.from(`${text}\0`);
  if (value === undefined) libc?.unsetenv(zero(name));
  else libc?.setenv(zero(name), zero(value), 1);
}

/** Signs in as alice by her keytab, or as nobody. */
function signIn(user: "alice" | "nobody"): void {
  const folder = server?.folder ?? "";
  setForLibrary("KRB5_CONFIG", `${folder}/krb5.conf`);
  setForLibrary("KRB5CCNAME", `FILE:${folder}/${user}.tickets`);
  setForLibrary("KRB5_CLIENT_KTNAME", user === "alice" ? `${folder}/alice.keytab` : "/nonexistent/keytab");
}

afterAll(() => {
  for (const name of ["KRB5_CONFIG", "KRB5CCNAME", "KRB5_CLIENT_KTNAME"]) setForLibrary(name, undefined);
});

describe.skipIf(server === undefined)("HDFS with Kerberos", () => {
  if (server === undefined) return;
  const base = `http://${server.nameNodes[0]?.http}`;

  test("without a ticket the error says so, in the library's words, and what to do", async () => {
    signIn("nobody");
    const store = await openHdfs(server, newPath());
    const thrown: unknown = await store.append("run", 1, '{"seq":1,"a":1}').catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: "STORE_NOT_READABLE", kind: "world" });
    expect(String(thrown)).toMatch(
      /Cannot sign in to "localhost" by Kerberos: .*credentials.*default cache: FILE:.*nobody\.tickets/,
    );
    expect((thrown as { readonly hint?: string }).hint).toContain("kinit");
    await store.close();
  });

  for (const format of ["v0", "v1"]) {
    test(`a delegation token from a file of format ${format} is enough, without a ticket`, async () => {
      signIn("nobody");
      const env = { HADOOP_TOKEN_FILE_LOCATION: `${server.folder}/token.${format}` };
      const store = await openHdfs(server, newPath(), { env });
      expect(await store.append("run", 1, '{"seq":1,"a":1}')).toEqual({ taken: false });
      expect(await store.last("run")).toEqual({ seq: 1, text: '{"seq":1,"a":1}' });
      await store.remove("run", [1]);
      await store.close();
    });
  }

  test("a cluster that turns out to want Kerberos is signed in to, though no setting says so", async () => {
    signIn("alice");
    const store = await openHdfs(server, `//${server.nameNodes[0]?.http}${newPath()}`, {
      scheme: "webhdfs",
      env: { HADOOP_CONF_DIR: "/nonexistent" },
    });
    expect(await store.append("run", 1, '{"seq":1,"a":1}')).toEqual({ taken: false });
    await store.close();
  });

  test("one token serves all calls, is got anew when the cluster has forgotten it, and is given back", async () => {
    signIn("alice");
    const tokens: string[] = [];
    const store = await openHdfs(server, newPath(), {
      network: {
        fetch(url, init) {
          const token = new URL(url).searchParams.get("delegation");
          if (url.startsWith(base) && token !== null && token !== tokens.at(-1)) tokens.push(token);
          return fetch(url, init);
        },
      },
    });
    const cancel = async (token: string): Promise<number> => {
      const call = { operation: "CANCELDELEGATIONTOKEN", path: "", parameters: { token } } as const;
      const url = callUrl(base, { ...call, method: "PUT", repeatable: false }, []);
      const headers = { authorization: `Negotiate ${negotiate("localhost")}` };
      return (await fetch(url, { method: "PUT", headers })).status;
    };
    await store.append("run", 1, '{"seq":1,"a":1}');
    await store.append("run", 2, '{"seq":2,"a":1}');
    expect(tokens).toHaveLength(1);
    expect(await cancel(tokens[0] ?? "")).toBe(200);
    expect(await store.append("run", 3, '{"seq":3,"a":1}')).toEqual({ taken: false });
    expect(tokens).toHaveLength(2);
    await store.close();
    expect(await cancel(tokens[1] ?? "")).not.toBe(200);
  });

  storeConformance({
    name: "hdfs (with Kerberos)",
    runner: { describe, test },
    skip: LEFT_OUT,
    timeoutMs: LAW_MS,
    async open() {
      signIn("alice");
      return hdfsBench(server);
    },
  });
});
