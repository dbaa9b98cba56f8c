import { describe, expect, test } from "bun:test";
import { CairnError } from "../../src/base/mod.ts";
import { readArgs } from "../../src/cli/args.ts";
import { definitions } from "../../src/cli/definitions.ts";
import type { Given } from "../../src/cli/given.ts";
import { seeded } from "../kit/mod.ts";

function read(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Given {
  const request = readArgs(argv, env, definitions);
  if (request.kind !== "command") throw new Error(`${argv.join(" ")} gave ${request.kind}`);
  return request.given;
}

/** The message and hint of a refused command line. */
function refusal(argv: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  try {
    readArgs(argv, env, definitions);
  } catch (thrown) {
    if (thrown instanceof CairnError && thrown.code === "USAGE" && thrown.kind === "config") {
      return `${thrown.message} | ${thrown.hint}`;
    }
    throw thrown;
  }
  throw new Error(`${argv.join(" ")} was accepted`);
}

describe("flags", () => {
  test("an unknown flag is refused with the nearest valid name", () => {
    expect(refusal(["run", "a.conf", "--auto-resum"])).toContain(
      "Unknown flag --auto-resum | Did you mean `--auto-resume`?",
    );
    expect(refusal(["run", "a.conf", "--no-fail-fasst"])).toContain("`--no-fail-fast`");
    expect(refusal(["run", "a.conf", "-x"])).toContain("Unknown flag -x");
  });

  test("a flag of another command is named as such", () => {
    expect(refusal(["run", "a.conf", "--resources"])).toContain("It is a flag of `cairn validate`.");
  });

  test.each(["--report=x", "--junit=x", "--frozen-plugins"])(
    "%s, which isn't built yet, is an unknown flag",
    (flag) => {
      expect(refusal(["run", "a.conf", flag])).toContain("Unknown flag");
    },
  );

  test("--checkpoint takes its value only after an equals sign", () => {
    expect(read(["run", "--checkpoint", "a.conf"]).location("checkpoint")).toBe(true);
    expect(read(["run", "--checkpoint", "a.conf"]).positionals).toEqual(["a.conf"]);
    expect(read(["run", "--checkpoint=/data/cp", "a.conf"]).location("checkpoint")).toBe("/data/cp");
    expect(read(["run", "--no-checkpoint", "a.conf"]).location("checkpoint")).toBe(false);
    const given = read(["run", "a.conf", "--checkpoint", "--auto-resume"]);
    expect([given.location("checkpoint"), given.on("auto-resume")]).toEqual([true, true]);
    expect(refusal(["run", "a.conf", "--checkpoint="])).toContain("--checkpoint is empty");
  });

  test("repeatable flags collect in their order", () => {
    const given = read(["run", "a.conf", "--set", "a=1", "--plugins=x", "--set=b=2", "--plugins", "y"]);
    expect(given.list("set")).toEqual(["a=1", "b=2"]);
    expect(given.list("plugins")).toEqual(["x", "y"]);
  });

  test("another flag given twice with different values is refused, with equal ones it is fine", () => {
    expect(refusal(["run", "a.conf", "--run-key=a", "--run-key=b"])).toContain("--run-key is given twice");
    expect(refusal(["run", "a.conf", "--fail-fast", "--no-fail-fast"])).toContain(
      "--fail-fast is given twice",
    );
    expect(read(["run", "a.conf", "-q", "-q"]).on("quiet")).toBe(true);
  });

  test("a value flag never swallows the next flag", () => {
    expect(refusal(["run", "a.conf", "--run-key", "--auto-resume"])).toContain(
      "--run-key needs a value | Write `--run-key=KEY`.",
    );
    expect(refusal(["run", "a.conf", "--run-key"])).toContain("--run-key needs a value");
    expect(read(["run", "a.conf", "--run-key=--x"]).text("run-key")).toBe("--x");
  });

  test("booleans are turned off by --no-NAME and take no value", () => {
    expect(read(["run", "a.conf", "--no-auto-resume"]).on("auto-resume")).toBe(false);
    expect(refusal(["run", "a.conf", "--auto-resume=true"])).toContain("takes no value");
    expect(refusal(["run", "a.conf", "--no-auto-resume=true"])).toContain("takes no value");
  });

  test("short flags join, and -C takes its folder glued or apart", () => {
    const given = read(["run", "-nqv", "a.conf", "-C", "x"]);
    expect([given.on("dry-run"), given.on("quiet"), given.on("verbose"), given.text("directory")]).toEqual([
      true,
      true,
      true,
      "x",
    ]);
    expect(read(["run", "-Cx", "a.conf"]).text("directory")).toBe("x");
    expect(read(["-C", "x", "run", "a.conf"]).text("directory")).toBe("x");
    expect(read(["-qC", "x", "run", "a.conf"]).text("directory")).toBe("x");
  });

  test("general flags may stand before and between the command's words", () => {
    expect(read(["--color=never", "checkpoints", "-q", "list"]).text("color")).toBe("never");
    expect(read(["--color", "never", "checkpoints", "list"]).text("color")).toBe("never");
  });

  test("-- ends the flags", () => {
    expect(read(["run", "--", "--odd.conf"]).positionals).toEqual(["--odd.conf"]);
    expect(read(["run", "-"]).positionals).toEqual(["-"]);
  });

  test("durations need a unit, integers their range, choices their words", () => {
    expect(read(["run", "a.conf", "--timeout=1.5h", "--grace", "500ms"]).number("timeout")).toBe(5_400_000);
    expect(read(["run", "a.conf", "--grace=0"]).number("grace")).toBe(0);
    expect(read(["run", "a.conf", "--wait=5 minutes"]).number("wait")).toBe(300_000);
    expect(refusal(["run", "a.conf", "--timeout=30"])).toContain("Say the unit: 30s or 30ms?");
    expect(refusal(["run", "a.conf", "--timeout=30 weeks"])).toContain("a duration such as");
    expect(refusal(["run", "a.conf", "--timeout=0"])).toContain("a duration longer than zero was expected");
    expect(refusal(["run", "a.conf", "--max-parallel=0"])).toContain("a whole number from 1");
    expect(refusal(["run", "a.conf", "--skip-exit-code=256"])).toContain("from 0 to 255");
    expect(refusal(["run", "a.conf", "--on-config-change=rerum"])).toContain("Did you mean `rerun`?");
  });

  test("flags that exclude each other are refused together", () => {
    expect(refusal(["run", "a.conf", "--resume=x", "--fresh"])).toContain(
      "--resume and --fresh can't be given together",
    );
    expect(refusal(["checkpoints", "list", "--location=x", "--config=y"])).toContain(
      "can't be given together",
    );
    expect(read(["run", "a.conf", "--resume=x", "--no-fresh"]).text("resume")).toBe("x");
  });
});

describe("commands and arguments", () => {
  test("an unknown command is refused with the nearest valid one", () => {
    expect(refusal(["rnu"])).toContain('Unknown command "rnu" | Did you mean `run`?');
    expect(refusal(["checkpoints", "lst"])).toContain("of `cairn checkpoints` | Did you mean `list`?");
    expect(refusal(["prune"])).toContain("Did you mean `checkpoints prune`?");
    expect(refusal(["checkpoints"])).toContain(
      "needs a command | It has: list, show, verify, delete, prune, reap.",
    );
    expect(refusal([])).toContain("`cairn` needs a command");
  });

  test.each(["report", "status", "diff", "audit", "__worker"])(
    "%s, which isn't built here, is an unknown command",
    (name) => {
      expect(refusal([name, "x"])).toContain("Unknown command");
    },
  );

  test("missing and surplus arguments are refused, with what the command takes", () => {
    expect(refusal(["run"])).toContain("`cairn run` needs CONFIG");
    expect(refusal(["resume", "a.conf"])).toContain("`cairn resume` needs RUN_ID");
    expect(refusal(["run", "a.conf", "b.conf"])).toContain(
      'Surplus argument "b.conf" | `cairn run` takes CONFIG.',
    );
    expect(refusal(["run", ""])).toContain("CONFIG is empty");
    expect(read(["validate", "a.conf", "b.conf"]).positionals).toEqual(["a.conf", "b.conf"]);
    expect(refusal(["completions", "bahs"])).toContain("Did you mean `bash`?");
  });

  test("help and version are understood everywhere", () => {
    for (const line of [
      ["--help"],
      ["-h"],
      ["run", "-h"],
      ["checkpoints", "--help"],
      ["config", "show", "x", "-h"],
    ]) {
      expect(readArgs(line, {}, definitions).kind).toBe("help");
    }
    for (const line of [["-V"], ["run", "--version"], ["checkpoints", "-V"]]) {
      expect(readArgs(line, {}, definitions).kind).toBe("version");
    }
    expect(readArgs(["run", "--", "--help"], {}, definitions).kind).toBe("command");
  });
});

describe("variables", () => {
  test("a variable stands for its flag, the flag wins, an empty variable is none", () => {
    expect(read(["run", "a.conf"], { CAIRN_RUN_KEY: "v" }).text("run-key")).toBe("v");
    expect(read(["run", "a.conf", "--run-key=f"], { CAIRN_RUN_KEY: "v" }).text("run-key")).toBe("f");
    expect(read(["run", "a.conf"], { CAIRN_RUN_KEY: "" }).has("run-key")).toBe(false);
    expect(read(["run", "a.conf", "--no-auto-resume"], { CAIRN_AUTO_RESUME: "true" }).on("auto-resume")).toBe(
      false,
    );
    expect(read(["run", "a.conf"], { CAIRN_CHECKPOINT: "false" }).location("checkpoint")).toBe(false);
    expect(read(["run", "a.conf"], { CAIRN_CHECKPOINT: "/cp" }).location("checkpoint")).toBe("/cp");
  });

  test("a wrong variable is named", () => {
    expect(refusal(["run", "a.conf"], { CAIRN_MAX_PARALLEL: "many" })).toContain(
      'CAIRN_MAX_PARALLEL is "many"',
    );
    expect(refusal(["run", "a.conf"], { CAIRN_FRESH: "perhaps" })).toContain("CAIRN_FRESH");
  });

  test("a flag beats the variables of what it excludes", () => {
    const given = read(["run", "a.conf", "--fresh"], { CAIRN_RESUME: "x" });
    expect([given.on("fresh"), given.text("resume")]).toEqual([true, undefined]);
  });

  test("CAIRN_PLUGINS comes after --plugins, CAIRN_SET is overridden by --set", () => {
    const given = read(["run", "a.conf", "--plugins=a", "--set=x=1"], {
      CAIRN_PLUGINS: "b:c",
      CAIRN_SET: "x=0\ny=2",
    });
    expect(given.list("plugins")).toEqual(["a", "b", "c"]);
    expect(given.list("set")).toEqual(["x=0", "y=2", "x=1"]);
  });
});

test("no command line, however odd, gives anything but an answer or a usage error", () => {
  const random = seeded("arguments");
  const words = [
    "run",
    "resume",
    "checkpoints",
    "list",
    "validate",
    "help",
    "a.conf",
    "-",
    "--",
    "",
    "=",
    "--=",
    "---",
    "-=",
    "--set",
    "--set=",
    "--checkpoint",
    "--checkpoint=x",
    "--no-",
    "--no-checkpoint",
    "-C",
    "-qC",
    "-nq",
    "-é",
    "--résumé",
    "--format=json",
    "--help",
    "-V",
    "\0",
    "--wait",
    "1e9",
    "--wait=1e9s",
    "--max-parallel=99999999999",
    "💥",
    "constructor",
    "__proto__",
    "--__proto__",
    "--constructor=1",
    "toString",
  ];
  for (let i = 0; i < 20_000; i++) {
    const argv = Array.from({ length: random.int(7) }, () => random.pick(words));
    try {
      expect(["command", "help", "version"]).toContain(readArgs(argv, {}, definitions).kind);
    } catch (thrown) {
      if (!(thrown instanceof CairnError) || thrown.code !== "USAGE")
        throw new Error(JSON.stringify(argv), { cause: thrown });
    }
  }
});
