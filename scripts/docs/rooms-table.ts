import { rooms } from "../lint/rooms.ts";

const START = "<!-- rooms: written by scripts/docs.ts from scripts/lint/rooms.ts -->";
const END = "<!-- end of rooms -->";

/** `docs/architecture.md` with its table of rooms as the lint has it. */
export async function architecturePage(): Promise<string> {
  const page = await Bun.file("docs/architecture.md").text();
  const from = page.indexOf(START);
  const to = page.indexOf(END);
  if (from < 0 || to < from)
    throw new Error(`docs/architecture.md has lost the lines "${START}" and "${END}"`);
  return `${page.slice(0, from)}${START}\n\n${roomsTable()}\n${page.slice(to)}`;
}

function roomsTable(): string {
  const rows = Object.entries(rooms).map(([name, room]) => {
    const packages = room.packages.length === 0 ? "–" : room.packages.join(", ");
    return `| \`${name}\` | ${room.holds} | ${room.imports.join(" ") || "–"} | ${packages} |`;
  });
  return ["| room | what lives there | may import | packages |", "|---|---|---|---|", ...rows, ""].join("\n");
}
