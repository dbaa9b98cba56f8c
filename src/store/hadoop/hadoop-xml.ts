import { storeError } from "../errors.ts";

/** One `<property>` of a Hadoop configuration file. */
export interface HadoopProperty {
  readonly name: string;
  readonly value: string;
  /** Later files can't change it. */
  readonly final: boolean;
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Comments, CDATA, processing instructions and document types, tags, references, text. */
const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<(\/?)([^\s<>/!]+)[^<>]*?(\/?)>|[^<]+|</g;

const FIELDS: ReadonlySet<string> = new Set(["name", "value", "final", "source", "description", "tag"]);

/**
 * Reads the properties of a Hadoop configuration file: `<configuration><property><name>…</name><value>…</value>`.
 * A property without a value is left out, as Hadoop does.
 *
 * Refused, because guessing would be worse: what is not closed or nested otherwise, `xi:include`, a document type
 * (entities could read files), attributes in place of elements. Messages never quote what is in the file: it may be a
 * secret.
 *
 * @param file Its path, for messages.
 * @throws CairnError STORE_BAD_SETTINGS
 */
export function parseHadoopXml(text: string, file: string): HadoopProperty[] {
  const reader = new XmlReader(text.replace(/^\uFEFF/, ""), file);
  return reader.properties();
}

class XmlReader {
  readonly #text: string;
  readonly #file: string;
  readonly #found: HadoopProperty[] = [];
  /** Names of the open elements, outermost first. */
  readonly #open: string[] = [];
  #fields: Map<string, string> = new Map();

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  properties(): HadoopProperty[] {
    let roots = 0;
    for (const match of this.#text.matchAll(TOKEN)) {
      const [token, cdata, slash, name, empty] = match;
      if (name !== undefined) {
        if (this.#open.length === 0 && slash === "") roots++;
        this.#tag(name, slash === "/", empty === "/", match.index);
      } else if (cdata !== undefined) this.#content(cdata, match.index);
      else if (token.startsWith("<!--") || token.startsWith("<?")) continue;
      else if (token === "<") this.#fail(this.#misfit(match.index), match.index);
      else this.#content(this.#decoded(token, match.index), match.index);
    }
    if (this.#open.length > 0) this.#fail(`<${this.#open.at(-1)}> is not closed`, this.#text.length);
    if (roots !== 1) this.#fail("it has no <configuration>", 0);
    return this.#found;
  }

  #misfit(at: number): string {
    return this.#text.startsWith("<!DOCTYPE", at) ? "a document type is not read" : "a tag is not closed";
  }

  #tag(name: string, closes: boolean, empty: boolean, at: number): void {
    if (closes) {
      if (this.#open.pop() !== name) this.#fail(`</${name}> closes what is not open`, at);
      if (name === "property") this.#finish(at);
      return;
    }
    if (name.endsWith("include") || name.endsWith("fallback")) {
      this.#fail(`<${name}> is not read: put the properties into this file`, at);
    }
    const depth = this.#open.length;
    const fits =
      depth === 0
        ? name === "configuration"
        : depth === 1
          ? name === "property"
          : depth === 2 && FIELDS.has(name);
    if (!fits) this.#fail(`<${name}> does not belong there`, at);
    if (name === "property") this.#fields = new Map();
    if (depth === 2) this.#fields.set(name, this.#fields.get(name) ?? "");
    if (!empty) this.#open.push(name);
    else if (name === "property") this.#fail("a property has no <name>", at);
  }

  #content(text: string, at: number): void {
    const field = this.#open.length === 3 ? this.#open[2] : undefined;
    if (field !== undefined) this.#fields.set(field, (this.#fields.get(field) ?? "") + text);
    else if (text.trim() !== "") this.#fail("text stands where none belongs", at);
  }

  #finish(at: number): void {
    const name = this.#fields.get("name")?.trim();
    if (name === undefined || name === "") this.#fail("a property has no <name>", at);
    const value = this.#fields.get("value");
    if (name === undefined || value === undefined) return;
    this.#found.push({ name, value, final: this.#fields.get("final")?.trim() === "true" });
  }

  #decoded(text: string, at: number): string {
    return text.replace(/&([^;&\s]*);?/g, (reference, name: string) => {
      const code = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
      const point =
        code === null
          ? undefined
          : Number.parseInt(code[1] ?? code[2] ?? "", code[1] === undefined ? 10 : 16);
      const decoded =
        point === undefined ? NAMED[name] : point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
      if (decoded === undefined || !reference.endsWith(";"))
        this.#fail('"&" begins no character; write "&amp;"', at);
      return decoded ?? "";
    });
  }

  #fail(why: string, at: number): never {
    const line = this.#text.slice(0, at).split("\n").length;
    throw storeError("STORE_BAD_SETTINGS", `Cannot read "${this.#file}", line ${line}: ${why}`, {
      hint: "The file is a Hadoop configuration: <configuration><property><name>…</name><value>…</value></property></configuration>.",
      details: { file: this.#file, line },
    });
  }
}
