import { describe, expect, test } from "bun:test";
import { chmodSync, symlinkSync } from "node:fs";
import { delimiter } from "node:path";
import { type FolderSources, pluginFolders } from "../../src/plugin/mod.ts";
import { type TempDir, tempDir } from "../kit/mod.ts";

function sources(dir: TempDir, some: Partial<FolderSources> = {}): FolderSources {
  return {
    given: [],
    environment: undefined,
    config: [],
    configFolder: undefined,
    executableFolder: undefined,
    cwd: dir.path,
    isRoot: false,
    ...some,
  };
}

describe("plugin folders", () => {
  test("come in order: --plugins, CAIRN_PLUGINS, the configuration's, beside it, beside the executable", async () => {
    using dir = tempDir();
    for (const name of ["given", "env1", "env2", "conf", "etc/plugins", "bin/plugins"])
      dir.write(`${name}/x`, "");
    const found = await pluginFolders(
      sources(dir, {
        given: ["given"],
        environment: ["env1", "", dir.join("env2")].join(delimiter),
        config: [{ path: dir.join("conf") }],
        configFolder: dir.join("etc"),
        executableFolder: dir.join("bin"),
      }),
    );
    expect(found).toEqual({
      folders: ["given", "env1", "env2", "conf", "etc/plugins", "bin/plugins"].map((name) => dir.join(name)),
      findings: [],
    });
  });

  test("that are only looked for may be missing; named ones may not", async () => {
    using dir = tempDir();
    dir.write("a-file", "");
    const place = { file: "etl.conf", line: 3, column: 14, length: 5 };
    const found = await pluginFolders(
      sources(dir, {
        given: ["nope"],
        environment: "a-file",
        config: [{ path: dir.join("gone"), place }],
        configFolder: dir.path,
        executableFolder: dir.path,
      }),
    );
    expect(found.folders).toEqual([]);
    const hint = "Make the folder, or correct its path.";
    expect(found.findings).toEqual([
      {
        severity: "error",
        code: "PLUGIN_FOLDER_MISSING",
        message: `plugin folder ${dir.join("nope")} (--plugins) does not exist`,
        place: undefined,
        hint,
      },
      {
        severity: "error",
        code: "PLUGIN_FOLDER_MISSING",
        message: `plugin folder ${dir.join("a-file")} (CAIRN_PLUGINS) is not a folder`,
        place: undefined,
        hint,
      },
      {
        severity: "error",
        code: "PLUGIN_FOLDER_MISSING",
        message: `plugin folder ${dir.join("gone")} (pipeline.plugins) does not exist`,
        place,
        hint,
      },
    ]);
  });

  test("are searched once, however often and by whatever link they are named", async () => {
    using dir = tempDir();
    dir.write("plugins/x", "");
    symlinkSync("plugins", dir.join("link"));
    const found = await pluginFolders(sources(dir, { given: ["link", "plugins"], configFolder: dir.path }));
    expect(found.folders).toEqual([dir.join("link")]);
  });

  test.each(["a?b", String.raw`a\b`])("that nothing can be imported from are errors: %s", async (name) => {
    using dir = tempDir();
    dir.write(`${name}/x`, "");
    const found = await pluginFolders(sources(dir, { given: [name] }));
    expect(found).toEqual({
      folders: [],
      findings: [
        {
          severity: "error",
          code: "PLUGIN_FOLDER_NAME",
          message: `plugin folder ${dir.join(name)} has "?" or "\\" in its path, from which nothing can be imported`,
          place: undefined,
          hint: "Rename or move the folder.",
        },
      ],
    });
  });

  test.each([
    [false, "warning", "can be written to by everybody: whoever puts a file there runs code as you"],
    [
      true,
      "error",
      "can be written to by everybody, and Cairn runs as root: whoever puts a file there runs code as you",
    ],
  ] as const)("that everybody may write to are told of (as root: %j)", async (isRoot, severity, state) => {
    using dir = tempDir();
    dir.write("plugins/x", "");
    chmodSync(dir.join("plugins"), 0o777);
    const found = await pluginFolders(sources(dir, { configFolder: dir.path, isRoot }));
    expect(found).toEqual({
      folders: [dir.join("plugins")],
      findings: [
        {
          severity,
          code: "PLUGIN_FOLDER_WRITABLE",
          message: `plugin folder ${dir.join("plugins")} ${state}`,
          place: undefined,
          hint: `chmod o-w ${dir.join("plugins")}`,
        },
      ],
    });
  });
});
