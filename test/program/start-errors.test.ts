import { expect, test } from "bun:test";
import { CairnError } from "../../src/base/mod.ts";
import { type TempDir, tempDir } from "../kit/mod.ts";
import { ran } from "./program-kit.ts";

async function refusal(program: string, options: Parameters<typeof ran>[1] = {}): Promise<CairnError> {
  try {
    await ran([program], options);
  } catch (thrown) {
    if (thrown instanceof CairnError) return thrown;
    throw thrown;
  }
  throw new Error(`${program} was started`);
}

const RUNS = 0o755;

/** What stands at the place of a program, and what is said of it. */
const CASES: readonly {
  readonly title: string;
  readonly content: string | Uint8Array;
  readonly mode?: number;
  readonly code: string;
  readonly says: string;
  readonly hint: string;
}[] = [
  {
    title: "a file without run bit",
    content: "#!/bin/sh\n",
    mode: 0o644,
    code: "PROGRAM_NO_RUN_BIT",
    says: "may not be run by this user",
    hint: "chmod +x",
  },
  {
    title: "a script without a #! line",
    content: "echo hello\n",
    code: "PROGRAM_NO_INTERPRETER",
    says: "has no #! line",
    hint: '["sh", ',
  },
  {
    title: "an empty file",
    content: "",
    code: "PROGRAM_NO_INTERPRETER",
    says: "is empty",
    hint: "#!/bin/sh",
  },
  {
    title: "a #! line without a name",
    content: "#!\n",
    code: "PROGRAM_NO_INTERPRETER",
    says: "names no interpreter",
    hint: "#!/bin/sh",
  },
  {
    title: "a #! line with an interpreter that is not there",
    content: "#!/usr/bin/pyton3\n",
    code: "PROGRAM_INTERPRETER_MISSING",
    says: "names the interpreter /usr/bin/pyton3",
    hint: "Install it",
  },
  {
    title: "a #! line whose interpreter env can't find",
    content: "#!/usr/bin/env -S pyton3 -u\n",
    code: "PROGRAM_INTERPRETER_MISSING",
    says: "names the interpreter pyton3",
    hint: "PATH",
  },
  {
    title: "a script with the line ends of Windows",
    content: "#!/bin/sh\r\necho hello\r\n",
    code: "PROGRAM_INTERPRETER_MISSING",
    says: "carriage return",
    hint: "sed -i",
  },
  {
    title: "a binary of no system",
    content: Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 9, 9, 9, 9, 0, 0, 0, 0),
    code: "PROGRAM_WRONG_FORMAT",
    says: "no program for this machine",
    hint: "build",
  },
];

for (const { title, content, mode = RUNS, code, says, hint } of CASES) {
  test(`${title} is told as such, with the remedy`, async () => {
    using dir = tempDir();
    const error = await refusal(dir.write("program", content, mode));
    expect({ code: error.code, kind: error.kind }).toEqual({ code, kind: "world" });
    expect(error.message).toStartWith("Cannot start program ");
    expect(error.message).toContain(says);
    expect(error.hint).toContain(hint);
  });
}

test("a program that is nowhere in PATH, or not at its path, is missing", async () => {
  const nowhere = await refusal("no-such-program", { env: { PATH: "/usr/bin:/bin" } });
  expect(nowhere.code).toBe("PROGRAM_MISSING");
  expect(nowhere.message).toBe(
    'Cannot start program "no-such-program": no folder of PATH has it (/usr/bin:/bin)',
  );
  expect((await refusal("/no/such/program")).message).toContain("there is no file /no/such/program");
  expect((await refusal("/usr")).code).toBe("PROGRAM_IS_FOLDER");
});

test("a program in PATH without run bit is passed over for one that has it, and told of where there is none", async () => {
  using dir = tempDir();
  dir.write("a/tool", "#!/bin/sh\n", 0o644);
  dir.write("b/tool", "#!/bin/sh\nexit 5\n", RUNS);
  const both = await ran(["tool"], { env: { PATH: `${dir.join("a")}:${dir.join("b")}` } });
  expect(both.end.code).toBe(5);
  expect((await refusal("tool", { env: { PATH: dir.join("a") } })).code).toBe("PROGRAM_NO_RUN_BIT");
});

test("a working directory that is not there is told as such", async () => {
  const error = await refusal("true", { cwd: "/no/such/folder" });
  expect(error.code).toBe("PROGRAM_FOLDER");
  expect(error.message).toContain(
    "working directory /no/such/folder can't be entered: No such file or directory",
  );
});

test("arguments that are longer than the system takes are told as such", async () => {
  const error = await refusal("true", { command: ["true", "x".repeat(3_000_000)] });
  expect(error.code).toBe("PROGRAM_ARGUMENTS_TOO_LONG");
});

/** Whether this user may run a program on a file system without the right to run programs. */
function mounted(dir: TempDir, options: string): boolean {
  dir.write("mnt/.keep", "");
  return Bun.spawnSync(["mount", "-t", "tmpfs", "-o", options, "tmpfs", dir.join("mnt")]).exitCode === 0;
}

test("a program on a file system that is mounted with noexec is told as such, where this user may mount one", async () => {
  using dir = tempDir();
  if (!mounted(dir, "noexec,size=64k")) return;
  try {
    // The C library's access(2) says no as well, so it looks as if the run bit were missing.
    const error = await refusal(dir.write("mnt/program", "#!/bin/sh\n", RUNS));
    expect(["PROGRAM_NO_RUN_BIT", "PROGRAM_NOT_ALLOWED"]).toContain(error.code);
  } finally {
    Bun.spawnSync(["umount", "-l", dir.join("mnt")]);
  }
});
