import { functions } from "../../src/spark/mod.ts";
import { otherFunctions, vocabulary, type VocabularyPart } from "./spark-vocabulary.ts";

const INTRO = `# The vocabulary of ctx.spark

<!-- written by scripts/docs.ts from the docstrings below src/spark/ -->

What a session on Spark can do, by PySpark's classes; [spark.md](../spark.md) says how. Names are PySpark's, in camel case
where PySpark's aren't. Verbs give a new DataFrame and send nothing; what gives a promise takes, as its last argument, options
with \`signal\`, \`tags\`, \`onProgress\` and \`operationId\`. The messages that all of them send are compared with those of
PySpark 4.3; a version in brackets is the first server that has it. Lists in Python are arguments of their own here
(\`df.drop("a", "b")\`), and names of arguments (\`how="left"\`) are places or an object. Functions of JavaScript, as those of
Python, can't be sent: steps are written in SQL or with columns, or call functions that are registered.
`;

/** A member of a class with what its docstring says first. */
export interface DocumentedMember {
  readonly name: string;
  /** `select(...columns)`, or the name alone for what is no function. */
  readonly call: string;
  readonly says: string;
}

/** `docs/reference/spark-api.md`: every verb with one sentence, and what PySpark has that isn't here. */
export async function sparkPage(): Promise<string> {
  const sections = await Promise.all(vocabulary.map(section));
  return [INTRO, ...sections, functionsSection()].join("\n");
}

async function section(part: VocabularyPart): Promise<string> {
  const members = await membersOf(part);
  const rows = members.map(({ call, says }) => `| \`${call}\` | ${cell(says)} |`);
  const other = Object.entries(part.other).map(([name, instead]) => `| \`${name}\` | ${cell(instead)} |`);
  const missing = other.length === 0 ? [] : ["", "| PySpark's | here |", "|---|---|", ...other];
  return [`## ${part.title}`, "", "| here | meaning |", "|---|---|", ...rows, ...missing, ""].join("\n");
}

function functionsSection(): string {
  const names = Object.keys(functions).toSorted((a, b) => a.localeCompare(b, "en"));
  const other = Object.entries(otherFunctions).map(([name, instead]) => `| \`${name}\` | ${cell(instead)} |`);
  return [
    "## functions",
    "",
    "All of `pyspark.sql.functions`, in camel case. Names of columns are texts where a function takes columns alone, or comes",
    "first; patterns, formats and other values after it are themselves, where PySpark takes some of them for columns, too.",
    'Others of the server are called by `fn("name", …)`, those of its users by `callFunction`.',
    "",
    names.map((name) => `\`${name}\``).join(" "),
    "",
    "| PySpark's | here |",
    "|---|---|",
    ...other,
    "",
  ].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

/** The public members of a part, in the order of its files. */
export async function membersOf(part: VocabularyPart): Promise<readonly DocumentedMember[]> {
  const found = part.files.map(async (place) => {
    const [file = "", only] = place.split("#");
    const source = await Bun.file(`src/spark/${file}`).text();
    return [...source.matchAll(BODY)]
      .filter((body) => only === undefined || body.groups?.["name"] === only)
      .flatMap((body) => documentedMembers(body[0], body.groups?.["kind"] === "interface"));
  });
  return (await Promise.all(found)).flat().filter(({ name }) => !INTERNAL.includes(name));
}

/** What serves this client, though other files of it must see it. */
const INTERNAL: readonly string[] = [
  "constructor",
  "spec",
  "metricsOf",
  "tell",
  "relation",
  "planId",
  "expression",
];

/** A class or interface, to the bracket at the beginning of a line. */
const BODY = /^export (?:abstract )?(?<kind>class|interface) (?<name>\w+)[\s\S]*?^\}/gm;

/** A member's docstring and the beginning of the line that it is about. */
const MEMBER =
  /^ {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {2}((?:readonly |get |async |\*)*)(\w+)(?:<[^(]*>)?([(:])/gm;

/** Of interfaces only what is called: their fields are options. */
function documentedMembers(source: string, isInterface: boolean): DocumentedMember[] {
  return [...source.matchAll(MEMBER)].flatMap((found) => {
    const [whole, comment = "", modifiers = "", name = "", opening] = found;
    const isCalled = opening === "(" && !modifiers.includes("get ");
    if (isInterface && !isCalled) return [];
    const call = isCalled ? `${name}(${parameters(source, found.index + whole.length)})` : name;
    return [{ name, call, says: summary(comment) }];
  });
}

/** The first sentence, and since which version of Spark it is so. */
function summary(comment: string): string {
  const prose = comment
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, "").trim())
    .join(" ")
    .replaceAll(/\{@link (\w+)\.(\w+)\}/g, (_, of: string, name: string) => `\`${LINKED[of] ?? ""}${name}\``)
    .replaceAll(/\{@link (\w+)\}/g, "`$1`")
    .trim();
  const [text = ""] = prose.split(/ ?(?:```|@(?:param|throws) )/);
  // Points in code end no sentence.
  const end = /\.(?= |$)/.exec(text.replaceAll(/`[^`]*`/g, (code) => "x".repeat(code.length)));
  const since = /Spark (4\.\d)/.exec(text)?.[1];
  const first = (end ? text.slice(0, end.index) : text).trim().replace(/:$/, "");
  return since === undefined || first.includes(`Spark ${since}`) ? first : `${first} (Spark ${since})`;
}

const LINKED: Readonly<Record<string, string>> = {
  DataFrameNaFunctions: "na.",
  DataFrameStatFunctions: "stat.",
};

/** The options that every action takes. */
const ACTION = /^options\??: (?:ExecuteOptions|RowOptions|Signalled|Pick<)/;

/** The names of parameters from the place after the opening bracket; options that every action takes are left out. */
function parameters(source: string, from: number): string {
  let depth = 1;
  let end = from;
  const cuts = [from];
  for (; depth > 0; end++) {
    const character = source[end] ?? ")";
    if ("([{<".includes(character)) depth++;
    else if (")]}".includes(character) || (character === ">" && source[end - 1] !== "=")) depth--;
    else if (character === "," && depth === 1) cuts.push(end + 1);
  }
  const texts = cuts.map((cut, index) => source.slice(cut, (cuts[index + 1] ?? end) - 1).trim());
  return texts
    .filter((text) => text !== "" && !ACTION.test(text))
    .map((text) => (text.startsWith("{") ? "options" : (/^(?:\.\.\.)?\w+/.exec(text)?.[0] ?? text)))
    .filter((name, index, names) => !(name === "options" && names.indexOf(name) !== index))
    .join(", ");
}
