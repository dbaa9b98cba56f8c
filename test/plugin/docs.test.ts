import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type HoconNode, nodeAt, noIncludes, readHocon } from "../../src/hocon/mod.ts";
import { configInput, decodePluginConfig, loadPlugin, resolveType } from "../../src/plugin/mod.ts";
import { cleanEnv, root, type TempDir, tempDir } from "../kit/mod.ts";
import "./provide-cairn.ts";

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
  /** The path in a block's first line: `// plugins/com/example/Extract.ts`. */
  readonly file: string | undefined;
}

const folder = join(root, "docs/plugins");
const blocks: readonly Block[] = readdirSync(folder)
  .filter((page) => page.endsWith(".md"))
  .flatMap((page) => {
    const text = readFileSync(join(folder, page), "utf8");
    return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
      page,
      language,
      text,
      file: /^\/\/ (\S+)\n/.exec(text)?.[1],
    }));
  });
const sources = blocks.filter((block) => block.language === "ts");

function writeSources(dir: TempDir): void {
  for (const { file, text } of sources) if (file !== undefined) dir.write(file, text);
}

function typeOf(file: string): string {
  return file
    .replace(/^plugins\//, "")
    .replace(/\.ts$/, "")
    .replaceAll("/", ".");
}

/** Every object of a tree that names a type, as a component or as hooks. */
function entriesOf(node: HoconNode | undefined): readonly HoconNode[] {
  return node?.kind === "array" ? node.items : [];
}

function textAt(node: HoconNode, key: string): string {
  const found = node.kind === "object" ? nodeAt(node, [key]) : undefined;
  return found?.kind === "string" ? found.value : "";
}

describe("docs/plugins", () => {
  test("names the file of every example", () => {
    expect(sources.length).toBeGreaterThan(5);
    expect(sources.filter((block) => block.file === undefined)).toEqual([]);
  });

  test("has examples that type-check", async () => {
    using dir = tempDir();
    writeSources(dir);
    const options = {
      extends: join(root, "tsconfig.json"),
      compilerOptions: {
        paths: { cairn: [join(root, "src/sdk/mod.ts")], "cairn/testing": [join(root, "src/sdk/testing.ts")] },
        typeRoots: [join(root, "node_modules/@types")],
        isolatedDeclarations: false,
      },
      include: ["plugins"],
    };
    dir.write("tsconfig.json", JSON.stringify(options));
    const tsc = Bun.spawn([process.execPath, join(root, "node_modules/typescript/bin/tsc"), "-p", dir.path], {
      env: cleanEnv(),
      stdout: "pipe",
    });
    const said = await new Response(tsc.stdout).text();
    expect(said.split("\n").filter((line) => line.includes("plugins/"))).toEqual([]);
  });

  test.each(
    sources
      .filter((block) => !/\.test\.ts$|checks\.ts$/.test(block.file ?? ""))
      .map((block) => [block.file ?? ""]),
  )("has the plugin %s, which loads", async (file) => {
    using dir = tempDir();
    writeSources(dir);
    const resolved = await resolveType(typeOf(file), { folders: [dir.join("plugins")], builtins: [] });
    expect(await loadPlugin({ resolved, builtins: new Map() })).toBeDefined();
  });

  test("has a component among the exports of a file, which loads", async () => {
    using dir = tempDir();
    writeSources(dir);
    const resolved = await resolveType("com.example.checks.NotEmpty", {
      folders: [dir.join("plugins")],
      builtins: [],
    });
    expect((await loadPlugin({ resolved, kind: "component", builtins: new Map() })).kind).toBe("component");
  });

  test("has configurations that its plugins take", async () => {
    using dir = tempDir();
    writeSources(dir);
    let checked = 0;
    for (const { page, text } of blocks.filter((block) => block.language === "hocon")) {
      const { root: tree, findings } = readHocon({ text, file: page, includes: noIncludes, env: {} });
      expect(findings).toEqual([]);
      if (tree === undefined) continue;
      for (const entry of entriesOf(nodeAt(tree, "pipeline.pipeline-components"))) {
        const config = entry.kind === "object" ? nodeAt(entry, ["instance-config"]) : undefined;
        if (config?.kind !== "object") continue;
        expect(await issuesOf(dir, textAt(entry, "instance-type"), configInput(config).value)).toEqual([]);
        checked++;
      }
      for (const entry of entriesOf(nodeAt(tree, "pipeline.hooks"))) {
        if (entry.kind !== "object") continue;
        const settings = Object.entries(configInput(entry).value).filter(([key]) => key !== "type");
        expect(await issuesOf(dir, textAt(entry, "type"), Object.fromEntries(settings))).toEqual([]);
        checked++;
      }
    }
    expect(checked).toBe(3);
  });

  test("has tests that pass", async () => {
    using dir = tempDir();
    writeSources(dir);
    const preload = join(root, "test/plugin/provide-cairn.ts");
    const run = Bun.spawn([process.execPath, "test", "--preload", preload], {
      cwd: dir.join("plugins"),
      env: cleanEnv(),
      stdout: "ignore",
      stderr: "pipe",
    });
    const said = await new Response(run.stderr).text();
    expect(said).toContain(" 3 pass\n 0 fail\n");
    expect(await run.exited).toBe(0);
  });

  test("lists every code that the room gives", () => {
    const page = readFileSync(join(folder, "resolution.md"), "utf8");
    const listed = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code = ""]) => code);
    const given = new Set<string>();
    for (const room of ["plugin", "sdk"]) {
      for (const file of readdirSync(join(root, "src", room), { recursive: true, encoding: "utf8" })) {
        if (!file.endsWith(".ts")) continue;
        const text = readFileSync(join(root, "src", room, file), "utf8");
        for (const [code] of text.matchAll(/\b(?:PLUGIN|HOOKS)_[A-Z_]+\b/g)) given.add(code);
      }
    }
    expect(new Set(listed)).toEqual(given);
  });
});

async function issuesOf(dir: TempDir, type: string, value: ReturnType<typeof configInput>["value"]) {
  const resolved = await resolveType(type, { folders: [dir.join("plugins")], builtins: [] });
  const definition = await loadPlugin({ resolved, builtins: new Map() });
  return decodePluginConfig(type, definition, { value }).issues;
}
