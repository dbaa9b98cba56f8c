import { CairnError, type JsonValue } from "../base/mod.ts";
import type { Intent } from "../checkpoint/mod.ts";

/** What a person found out about an external action whose outcome Cairn can't know. */
export type DeclaredOutcome = {
  /** `COMPONENT/KEY`. */
  readonly name: string;
} & ({ readonly how: "absent" } | { readonly how: "done"; readonly result: JsonValue });

const FORM = /^(.+\/.+)=(absent|done)(?::(.*))?$/s;

/** Reads `COMPONENT/KEY=absent`, `=done` or `=done:JSON`. @throws CairnError DECLARE_INVALID */
export function parseDeclared(text: string): DeclaredOutcome {
  const [, name, how, json] = FORM.exec(text) ?? [];
  if (name === undefined || (how === "absent" && json !== undefined))
    throw invalid(text, "it has another form");
  if (how === "absent") return { name, how };
  if (json === undefined) return { name, how: "done", result: null };
  try {
    return { name, how: "done", result: JSON.parse(json) as JsonValue };
  } catch (thrown) {
    throw invalid(text, "what follows done: is no JSON", thrown);
  }
}

function invalid(text: string, why: string, cause?: unknown): CairnError {
  return new CairnError(`Cannot read the declared outcome ${JSON.stringify(text)}: ${why}`, {
    code: "DECLARE_INVALID",
    kind: "config",
    hint: "Write COMPONENT/KEY=absent, COMPONENT/KEY=done or COMPONENT/KEY=done:JSON.",
    cause,
  });
}

/** Refuses declared outcomes that are about nothing. `components` are names by index. @throws CairnError INTENT_NOT_OPEN */
export function checkDeclared(
  declared: readonly DeclaredOutcome[],
  intents: readonly Intent[],
  components: readonly string[],
): void {
  const open = intents.flatMap((intent) => {
    if (intent.action !== "start" || intent.done !== undefined || intent.index === undefined) return [];
    return [`${components[intent.index] ?? ""}/${intent.key}`];
  });
  const about = declared.find(({ name }) => !open.includes(name));
  if (about === undefined) return;
  throw new CairnError(
    `Cannot declare the outcome of ${JSON.stringify(about.name)}: no such action is open in the run that is resumed`,
    {
      code: "INTENT_NOT_OPEN",
      kind: "config",
      hint:
        open.length === 0
          ? "No action is open."
          : `Open: ${open.map((name) => JSON.stringify(name)).join(", ")}.`,
    },
  );
}
