import { describe, expect, test } from "bun:test";
import { findingsToText } from "../../src/base/mod.ts";
import {
  type FileReading,
  type Loaded,
  loadPipeline,
  type LoadRequest,
  machineFiles,
  MAX_CONFIG_BYTES,
} from "../../src/config/mod.ts";
import { tempDir } from "../kit/mod.ts";
import { pipelineText } from "./load.ts";

function load(path: string, cwd: string, more: Partial<LoadRequest> = {}): Promise<Loaded> {
  return loadPipeline({ path, cwd, env: {}, ...more });
}

async function said(path: string, cwd: string, more: Partial<LoadRequest> = {}): Promise<string> {
  return findingsToText((await load(path, cwd, more)).findings);
}

describe("a configuration file", () => {
  test("gives its absolute path, and its folder for relative paths", async () => {
    using dir = tempDir();
    dir.write("conf/daily.conf", pipelineText("plugins = [mine]"));
    const { pipeline } = await load("conf/daily.conf", dir.path);
    expect(pipeline).toMatchObject({
      file: dir.join("conf/daily.conf"),
      folder: dir.join("conf"),
      pluginFolders: [dir.join("conf/mine")],
    });
  });

  test("that isn't there is answered with the nearest name", async () => {
    using dir = tempDir();
    dir.write("conf/daily-etl.conf", "");
    expect(await said("conf/daily-elt.conf", dir.path)).toBe(
      "error: cannot read conf/daily-elt.conf: there is no such file [CONFIG_NOT_FOUND]\n" +
        "  hint: Did you mean conf/daily-etl.conf?\n",
    );
    expect(await said("conf/xyz", dir.path)).toContain(`hint: Looked for ${dir.join("conf/xyz")}.`);
    expect(await said("no/folder/x.conf", dir.path)).toContain("CONFIG_NOT_FOUND");
  });

  test("that is a folder is answered with the files in it", async () => {
    using dir = tempDir();
    dir.write("conf/b.conf", "");
    dir.write("conf/a.json", "");
    dir.write("conf/readme.md", "");
    expect(await said("conf", dir.path)).toBe(
      "error: cannot read conf: it is a folder [CONFIG_IS_FOLDER]\n" +
        "  hint: Name the file itself: conf/a.json, conf/b.conf.\n",
    );
  });

  test("that may not be read says so", async () => {
    // Root may read everything, so the refusal comes from the files that are handed in.
    const read = (): FileReading => ({ ok: false, why: "denied", message: "EACCES" });
    expect(await said("secret.conf", "/", { files: { ...machineFiles, read } })).toBe(
      "error: cannot read secret.conf: permission denied [CONFIG_UNREADABLE]\n" +
        "  hint: Make it readable for the user that runs Cairn.\n",
    );
  });

  test("that is too large, or has no end, is refused within bounds", async () => {
    using dir = tempDir();
    dir.write("large.conf", Buffer.alloc(MAX_CONFIG_BYTES + 1, " "));
    for (const path of ["large.conf", "/dev/zero"]) {
      expect(await said(path, dir.path)).toContain("it is larger than 64 MiB [CONFIG_TOO_LARGE]");
    }
    expect(await said("-", dir.path, { text: " ".repeat(MAX_CONFIG_BYTES + 1) })).toBe(
      "error: cannot read <stdin>: it is larger than 64 MiB [CONFIG_TOO_LARGE]\n",
    );
  });

  test("may come through a pipe", async () => {
    using dir = tempDir();
    const fifo = dir.join("pipe");
    expect(Bun.spawnSync(["mkfifo", fifo]).exitCode).toBe(0);
    // The pipe is opened by a process of its own, because reading it blocks.
    const writer = Bun.spawn(["sh", "-c", `cat > '${fifo}'`], { stdin: new Blob([pipelineText("")]) });
    const { pipeline } = await load("pipe", dir.path);
    expect(pipeline?.pipelineName).toBe("Daily ETL");
    expect(await writer.exited).toBe(0);
  });

  test("may be JSON", async () => {
    using dir = tempDir();
    dir.write("p.json", '{"pipeline":{"pipeline-name":"p","pipeline-components":[]}}');
    expect((await load("p.json", dir.path)).pipeline?.pipelineName).toBe("p");
    dir.write("p.json", "{pipeline {}}");
    expect(await said("p.json", dir.path)).toContain("p.json:1:2: error:");
  });

  test("may be standard input; relative paths then count from the working directory", async () => {
    using dir = tempDir();
    dir.write("base.conf", 'pipeline.pipeline-name = "from base"');
    const { pipeline } = await load("-", dir.path, {
      text: 'include "base"\npipeline { plugins = [x], pipeline-components = [] }',
    });
    expect(pipeline).toMatchObject({
      pipelineName: "from base",
      file: undefined,
      folder: dir.path,
      pluginFolders: [dir.join("x")],
    });
    expect(await said("-", dir.path, { text: "a = }" })).toStartWith("<stdin>:1:3: error:");
  });
});

describe("includes", () => {
  test("count from the including file; file() from the working directory", async () => {
    using dir = tempDir();
    dir.write(
      "conf/main.conf",
      'include "sub/part"\ninclude file("top.conf")\npipeline.pipeline-components = []',
    );
    dir.write("conf/sub/part.conf", 'include "deeper.json"');
    dir.write("conf/sub/deeper.json", '{"pipeline": {"pipeline-name": "deep"}}');
    dir.write("top.conf", "pipeline.max-parallel = 7");
    const { pipeline } = await load("conf/main.conf", dir.path);
    expect(pipeline).toMatchObject({ pipelineName: "deep", maxParallel: 7 });
  });

  test("a finding in an included file tells how it was reached", async () => {
    using dir = tempDir();
    dir.write("conf/main.conf", `include "part"\n${pipelineText("")}`);
    dir.write("conf/part.conf", "pipeline.fail-fats = true");
    expect(await said("conf/main.conf", dir.path)).toBe(
      `conf/part.conf:1:1: error: unknown key "fail-fats" in pipeline [CONFIG_UNKNOWN_KEY]
  1 | pipeline.fail-fats = true
    | ^^^^^^^^^^^^^^^^^^
  included from conf/main.conf:1:1
  hint: Did you mean fail-fast?
`,
    );
  });

  test("a missing one is empty, a required one an error, a folder an error", async () => {
    using dir = tempDir();
    dir.write("main.conf", `include "nothing"\n${pipelineText("")}`);
    expect((await load("main.conf", dir.path)).findings).toEqual([]);
    dir.write("main.conf", `include required("nothing")\n${pipelineText("")}`);
    expect(await said("main.conf", dir.path)).toContain("main.conf:1:");
    dir.write("part.conf/x", "");
    dir.write("main.conf", `include "part.conf"\n${pipelineText("")}`);
    expect(await said("main.conf", dir.path)).toContain("cannot read part.conf: is a folder");
  });

  test("that multiply each other end in a message", async () => {
    using dir = tempDir();
    dir.write("big.conf", `# ${"x".repeat(3_000_000)}\n`);
    dir.write("main.conf", 'include "big"\n'.repeat(60) + pipelineText(""));
    expect(await said("main.conf", dir.path)).toContain("bytes together");
  });
});

describe("included URLs", () => {
  const text = 'include url("http://127.0.0.1:PORT/base.conf")\npipeline.pipeline-components = []';

  /** A server whose pages include each other. */
  function serve(): Bun.Server<undefined> {
    return Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch({ url }) {
        const { pathname } = new URL(url);
        if (pathname === "/base.conf")
          return new Response('include "more/part.conf"\npipeline.max-parallel = 3');
        if (pathname === "/more/part.conf") return new Response("pipeline.pipeline-name = remote");
        if (pathname === "/broken.conf") return new Response("down", { status: 503 });
        return new Response("", { status: 404 });
      },
    });
  }

  test("are fetched where that was allowed, and may include beside themselves", async () => {
    const server = serve();
    try {
      const { pipeline, findings } = await load("-", "/", {
        text: text.replace("PORT", String(server.port)),
        allowUrlIncludes: true,
      });
      expect(findings.map(({ code }) => code)).toEqual(["CONFIG_NO_COMPONENTS"]);
      expect(pipeline).toMatchObject({ pipelineName: "remote", maxParallel: 3 });
    } finally {
      await server.stop(true);
    }
  });

  test("are refused, and nothing is fetched, where it was not", async () => {
    const asked: string[] = [];
    const out = await said("-", "/", {
      text: text.replace("PORT", "1"),
      fetchUrl: (url) => {
        asked.push(url);
        return Promise.resolve({ kind: "missing" });
      },
    });
    expect(out).toContain("<stdin>:1:");
    expect(asked).toEqual([]);
  });

  test("of other schemes are refused", async () => {
    const out = await said("-", "/", {
      text: 'include url("file:///etc/passwd")\n' + pipelineText(""),
      allowUrlIncludes: true,
    });
    expect(out).toContain("<stdin>:1:");
    expect(out).toContain("http");
  });

  test("that fail are findings at the include; missing ones are empty", async () => {
    const server = serve();
    try {
      const base = `http://127.0.0.1:${server.port}`;
      const out = await said("-", "/", {
        text: `include url("${base}/broken.conf")\n${pipelineText("")}`,
        allowUrlIncludes: true,
      });
      expect(out).toContain(`cannot get ${base}/broken.conf: the server answered 503`);
      const missing = await load("-", "/", {
        text: `include url("${base}/none.conf")\n${pipelineText("")}`,
        allowUrlIncludes: true,
      });
      expect(missing.findings).toEqual([]);
    } finally {
      await server.stop(true);
    }
  });
});

describe("variables", () => {
  const text = "pipeline { pipeline-name = ${NAME}, pipeline-components = [] }";

  test("come from the environment, or from an environment file that it wins over", async () => {
    using dir = tempDir();
    dir.write(
      "vars.env",
      `\uFEFF# comment\nexport NAME="from \\"file\\""\nOTHER='single #1'\nPLAIN = a b # why\n\n__proto__=x\r\nEMPTY=\n`,
    );
    const fromFile = await load("-", dir.path, { text, envFile: "vars.env" });
    expect(fromFile.pipeline?.pipelineName).toBe('from "file"');
    expect(Object.entries(fromFile.env)).toEqual([
      ["NAME", 'from "file"'],
      ["OTHER", "single #1"],
      ["PLAIN", "a b"],
      ["__proto__", "x"],
      ["EMPTY", ""],
    ]);
    const fromBoth = await load("-", dir.path, {
      text,
      envFile: "vars.env",
      env: { NAME: "mine", UNSET: undefined },
    });
    expect(fromBoth.pipeline?.pipelineName).toBe("mine");
  });

  test("an environment file that is wrong is located, and its lines are not shown", async () => {
    using dir = tempDir();
    dir.write("vars.env", 'A=1\nc4n4ry\nB="c4n4ry\n');
    const out = await said("-", dir.path, { text: pipelineText(""), envFile: "vars.env" });
    expect(out).toBe(
      "vars.env:2:1: error: expected NAME=value [CONFIG_BAD_ENV_FILE]\n" +
        "vars.env:3:1: error: the quotes of this value don't close [CONFIG_BAD_ENV_FILE]\n",
    );
    expect(await said("-", dir.path, { text, envFile: "none.env", env: { NAME: "x" } })).toContain(
      "cannot read none.env: there is no such file",
    );
  });

  test("that are not set are an error, or pass as what they are where that was allowed", async () => {
    const unset = pipelineText(
      "timeout = ${T}, max-parallel = ${P}, checkpoint.on-code-change = ${C}, plugins = [${D}]",
    );
    expect(await said("-", "/", { text: unset })).toContain("HOCON_UNRESOLVED");
    const { pipeline, findings, placeholders } = await load("-", "/", { text: unset, allowUnsetEnv: true });
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(pipeline).toMatchObject({ timeoutMs: undefined, maxParallel: 1, pluginFolders: [] });
    expect([...placeholders].toSorted()).toEqual(["${C}", "${D}", "${P}", "${T}"]);
  });
});

test("--set wins over the file, the later one over the earlier", async () => {
  const { pipeline } = await load("-", "/", {
    text: pipelineText("max-parallel = 2"),
    set: [
      { path: "pipeline.max-parallel", value: "3" },
      { path: "pipeline.max-parallel", value: "4" },
      { path: "pipeline.checkpoint", value: "{ enabled = true, location = /x }" },
    ],
  });
  expect(pipeline).toMatchObject({ maxParallel: 4, checkpoint: { enabled: true, location: "/x" } });
  expect(
    await said("-", "/", { text: pipelineText(""), set: [{ path: "pipeline.fail-fats", value: "1" }] }),
  ).toStartWith('<--set>:1:1: error: unknown key "fail-fats" in pipeline');
  const into = { path: "pipeline.pipeline-components.0.timeout", value: "1m" };
  const replaced = await said("-", "/", { text: pipelineText(""), set: [into] });
  expect(replaced).toContain("instance-type is missing in component 1");
  expect(replaced).toContain("this made pipeline.pipeline-components anew, with one item");
});
