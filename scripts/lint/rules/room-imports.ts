import { posix } from "node:path";

import { doorsOf, mainRoom, type Room, roomNamed, rooms } from "../rooms.ts";
import type { ImportSite, Problem, Rule } from "../source-file.ts";

const WHY_DIRECTION =
  "imports go one way only (scripts/lint/rooms.ts, docs/architecture.md), so that a part can be understood and tested without those above it";
const WHY_DOOR = "what isn't exported there may change at any time without a word to other rooms";

/**
 * Who may import whom in `src/`: other rooms only in the table's direction and only through their doors, npm
 * packages only where the table grants them, paths known at run time only where plugins are loaded.
 */
export const roomImports: Rule = (file) => {
  const here = place(file.path);
  if (!here || !file.code) return [];
  const problems: Problem[] = [];
  for (const site of file.code.imports) {
    const message = judge(file.path, here, site);
    if (message) problems.push({ path: file.path, line: site.line, message });
  }
  return problems;
};

interface Here {
  /** The room's name, or `main.ts`. */
  readonly name: string;
  readonly room: Room;
}

/** Where a file of `src/` stands; undefined outside `src/` and in unknown rooms (the layout rule names those). */
function place(path: string): Here | undefined {
  const [top, name, ...rest] = path.split("/");
  if (top !== "src" || name === undefined) return undefined;
  if (rest.length === 0) return name === "main.ts" ? { name, room: mainRoom } : undefined;
  const room = roomNamed(name);
  return room && { name, room };
}

function judge(path: string, here: Here, site: ImportSite): string | undefined {
  const { specifier } = site;
  if (specifier === undefined) {
    return here.room.computedImports
      ? undefined
      : `an import whose path is only known at run time: only ${computing()} may do that (plugins are loaded there), elsewhere it would hide what a file depends on`;
  }
  if (/^(node|bun):|^bun$/.test(specifier)) return undefined;
  if (!specifier.startsWith(".")) return judgePackage(here, specifier);
  const target = posix.join(posix.dirname(path), specifier);
  if (target === "package.json" && here.name === "base") return undefined; // base/version.ts
  if (!target.startsWith("src/"))
    return `imports ${target}: src/ stands alone, nothing outside it is built in`;
  const [, name = "", ...inside] = target.split("/");
  if (name === here.name) return undefined;
  if (inside.length === 0) return `imports ${target}: nothing may depend on the program's start`;
  return judgeRoom(here, name, inside.join("/"));
}

function judgeRoom(here: Here, name: string, inside: string): string | undefined {
  const room = roomNamed(name);
  if (!room) return `imports the room "${name}", which the table doesn't have`;
  if (!here.room.imports.includes(name)) {
    const allowed = here.room.imports.join(", ") || "no other room";
    return `"${here.name}" may not import "${name}" (only ${allowed}): ${WHY_DIRECTION}`;
  }
  if (!doorsOf(room).includes(inside)) {
    const doors = doorsOf(room).map((door) => `${name}/${door}`);
    return `imports ${name}/${inside}: enter a room by its door (${doors.join(", ")}); ${WHY_DOOR}`;
  }
  return undefined;
}

function judgePackage(here: Here, specifier: string): string | undefined {
  const [first = "", second] = specifier.split("/");
  const name = first.startsWith("@") && second !== undefined ? `${first}/${second}` : first;
  if (here.room.packages.includes(name)) return undefined;
  return `"${here.name}" may not import the package "${name}": each dependency is used in its own field only (scripts/lint/rooms.ts, docs/dependencies.md), so that it can be replaced`;
}

function computing(): string {
  return Object.keys(rooms)
    .filter((name) => rooms[name]?.computedImports)
    .map((name) => `"${name}"`)
    .join(", ");
}
