import { describe, expect, test } from "bun:test";
import { readArgs } from "../../src/cli/args.ts";
import { programName, repeatCommand, resumeCommand, type ShownCommand } from "../../src/cli/command-line.ts";
import { definitions } from "../../src/cli/definitions.ts";
import { holdsSecret } from "../../src/config/mod.ts";
import { shellLine } from "../../src/cli/shell-quote.ts";
import { fromSeed } from "../kit/mod.ts";

const SETS = /^--set=(.*?)=(.*)$/su;

function shown(argv: readonly string[], env: Readonly<Record<string, string>> = {}): ShownCommand {
  const request = readArgs(argv, env, definitions);
  if (request.kind !== "command") throw new Error("no command");
  const { given } = request;
  const sets = given.list("set").map((text) => {
    const match = SETS.exec(`--set=${text}`);
    const [path, value] = [match?.[1] ?? "", match?.[2] ?? ""];
    return { path, value, secret: holdsSecret({ path, value }, ["customer-number"]) };
  });
  return { program: "cairn", config: given.positionals[0] ?? "", given, sets };
}

describe("the command that resumes", () => {
  test("names the configuration and the run", () => {
    expect(resumeCommand(shown(["run", "daily.conf", "--auto-resume", "-q"]), "0199c3")).toBe(
      "cairn resume daily.conf 0199c3",
    );
  });

  test("keeps what decides how components run, as given on the command line", () => {
    const argv = [
      "run",
      "-C",
      "my jobs",
      "daily.conf",
      "--checkpoint=s3a://lake/cp",
      "--plugins=a",
      "--plugins=b c",
      "--timeout=1h",
      "--no-cleanup-on-success",
      "--isolation=fresh",
      "--audit=x.jsonl",
      "--max-parallel=2",
      "--run-key=k",
      "--run-id=i",
      "--no-fail-fast",
      "--format=json",
    ];
    expect(resumeCommand(shown(argv, { CAIRN_GRACE: "5s" }), "0199c3")).toBe(
      "cairn -C 'my jobs' resume daily.conf 0199c3 --checkpoint=s3a://lake/cp --plugins=a '--plugins=b c' " +
        "--no-cleanup-on-success --max-parallel=2 --timeout=3600000ms --isolation=fresh --audit=x.jsonl",
    );
  });

  test("leaves a selection to the run's memory, and a repeated command says it again", () => {
    const given = shown(["run", "a.conf", "--auto-resume", "--from=Clean(orders)", "--skip=B", "--skip=C"]);
    expect(resumeCommand(given, "0199c3")).toBe("cairn resume a.conf 0199c3");
    expect(repeatCommand(given, ["run"], "--retry-poisoned")).toBe(
      "cairn run a.conf --auto-resume '--from=Clean(orders)' --skip=B --skip=C --retry-poisoned",
    );
  });

  test("leaves out what the run remembers, and shows secrets that must be given again as …", () => {
    const argv = [
      "run",
      "a.conf",
      "--set=day=1",
      "--set=db.password=hunter2",
      '--set=api-key="x"',
      '--set=token="secret://env/T"',
      "--set=pw.password=${PASSWORD}",
      "--set=db={user=u, password=hunter2}",
      '--set=url="postgres://u:hunter2@db/x"',
      "--set=customer-number=hunter2",
    ];
    expect(resumeCommand(shown(argv), "r")).toBe(
      "cairn resume a.conf r '--set=db.password=…' '--set=api-key=…' '--set=db=…' '--set=url=…' '--set=customer-number=…'",
    );
    expect(repeatCommand(shown(argv), ["run"], "--fresh")).not.toContain("hunter2");
  });

  test("quotes what a shell would read otherwise, and a name that begins with a dash", () => {
    expect(resumeCommand(shown(["run", "it's $here.conf"]), "r")).toBe(
      String.raw`cairn resume 'it'\''s $here.conf' r`,
    );
    expect(resumeCommand(shown(["run", "--", "-odd.conf"]), "r")).toBe("cairn resume ./-odd.conf r");
    expect(resumeCommand(shown(["run", "-"]), "r")).toBe("cairn resume - r");
  });
});

describe("the commands that are ways out", () => {
  test("repeat what was given, with one flag more", () => {
    const given = shown(["run", "a.conf", "--auto-resume", "--run-key=k", "--set=day=1"]);
    expect(repeatCommand(given, ["run"], "--on-config-change=rerun")).toBe(
      "cairn run a.conf --auto-resume --run-key=k --on-config-change=rerun --set=day=1",
    );
    expect(repeatCommand(given, ["run"], "--fresh")).toBe("cairn run a.conf --run-key=k --fresh --set=day=1");
  });

  test("a resume goes on naming its run, a fresh start keeps checkpointing on", () => {
    const given = shown(["resume", "a.conf", "r"]);
    expect(repeatCommand(given, ["resume"], "--on-config-change=accept")).toBe(
      "cairn resume a.conf r --on-config-change=accept",
    );
    expect(repeatCommand(given, ["resume"], "--fresh")).toBe("cairn run a.conf --checkpoint --fresh");
    expect(repeatCommand(shown(["run", "a.conf", "--resume=r"]), ["run"], "--on-config-change=accept")).toBe(
      "cairn resume a.conf r --on-config-change=accept",
    );
  });

  test("what they print is accepted by the strict layer", () => {
    const given = shown(["run", "a.conf", "--checkpoint", "--run-id=i", "--no-fail-fast", "--plugins=p"]);
    for (const flag of ["--on-config-change=rerun", "--on-config-change=accept", "--fresh"]) {
      const [, ...argv] = repeatCommand(given, ["run"], flag).split(" ");
      expect(readArgs(argv, {}, definitions).kind).toBe("command");
    }
  });
});

test("the program is called by its name only where the PATH finds it", () => {
  expect(programName("/usr/lib/bun", {})).toBe("cairn");
  expect(programName("/opt/x/cairn", { PATH: "/nowhere" })).toBe("/opt/x/cairn");
  expect(programName("/opt/x/cairn", {})).toBe("/opt/x/cairn");
});

test("a shell gives back exactly the words that were quoted", () => {
  const random = fromSeed(7);
  const alphabet = [
    "a",
    "'",
    '"',
    "$",
    "`",
    "\\",
    " ",
    "\n",
    "~",
    "*",
    "é",
    "…",
    "!",
    "#",
    "=",
    ";",
    "&",
    "-",
  ];
  const words = Array.from({ length: 200 }, () =>
    Array.from({ length: random.int(6) }, () => random.pick(alphabet)).join(""),
  );
  const shell = Bun.spawnSync(["sh", "-c", `printf '%s\\0' ${shellLine(words)}`], {
    env: { HOME: "/home/x" },
  });
  expect(shell.stdout.toString().split("\0").slice(0, -1)).toEqual(words);
});
