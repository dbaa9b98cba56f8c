import { type JsonObject, type JsonValue, nearest } from "../../base/mod.ts";
import type { SchemaContract } from "./contract.ts";
import { typeFits, typeText } from "./field-type.ts";
import { producedType } from "./parse-type.ts";
import { valueProblem } from "./value-fits.ts";

/** Something that keeps a contract from being met, or that somebody should look at. */
export interface ContractProblem {
  readonly severity: "error" | "warning";
  /** Reads on after the names of the components: `field "amount" is double, expected decimal(10,2)`. */
  readonly text: string;
  readonly hint?: string | undefined;
}

/** Names of fields that a message shows. */
const MAX_NAMES = 10;

/** A field as it is offered: declared by a producer, or in the schema that it returned. */
interface OfferedField {
  readonly type: string;
  /** Undefined: nobody says. */
  readonly nullable: boolean | undefined;
}

function error(text: string, hint?: string): ContractProblem {
  return { severity: "error", text, ...(hint === undefined ? {} : { hint }) };
}

function missing(name: string, type: string, offered: Iterable<string>): ContractProblem {
  const near = nearest(name, offered);
  const hint =
    near === undefined ? undefined : `Is ${JSON.stringify(near)} meant to be ${JSON.stringify(name)}?`;
  return error(`field ${JSON.stringify(name)} is missing, expected ${typeText(producedType(type))}`, hint);
}

function compareFields(
  contract: SchemaContract,
  offered: ReadonlyMap<string, OfferedField>,
): readonly ContractProblem[] {
  return contract.flatMap(({ name, type, nullable }) => {
    const found = offered.get(name);
    if (found === undefined) return missing(name, type, offered.keys());
    const problems: ContractProblem[] = [];
    const [expected, actual] = [producedType(type), producedType(found.type)];
    if (!typeFits(expected, actual)) {
      problems.push(
        error(`field ${JSON.stringify(name)} is ${typeText(actual)}, expected ${typeText(expected)}`),
      );
    }
    if (nullable === false && found.nullable === true) {
      problems.push(error(`field ${JSON.stringify(name)} may be null, expected not null`));
    }
    return problems;
  });
}

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map((name) => JSON.stringify(name));
  return [...shown, ...(names.length > MAX_NAMES ? ["…"] : [])].join(", ");
}

/** A warning for fields that are there and not in the contract. */
function extraFields(contract: SchemaContract, offered: Iterable<string>, what: string): ContractProblem[] {
  const known = new Set(contract.map(({ name }) => name));
  const extra = [...offered].filter((name) => !known.has(name));
  if (extra.length === 0) return [];
  const fields = extra.length === 1 ? "field is" : "fields are";
  return [{ severity: "warning", text: `${extra.length} ${fields} ${what}: ${namesText(extra)}` }];
}

/** A consumer's `input` beside a producer's `output`, before anything ran. */
export function compareContracts(input: SchemaContract, output: SchemaContract): readonly ContractProblem[] {
  const offered = new Map(
    output.map(({ name, type, nullable = true }): [string, OfferedField] => [name, { type, nullable }]),
  );
  return [...compareFields(input, offered), ...extraFields(input, offered.keys(), "not asked for")];
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schema of a table that outputs carry as `schema: [{ name, type, nullable }]`; undefined where they carry none. */
function tableSchemaOf(outputs: JsonValue | undefined): ReadonlyMap<string, OfferedField> | undefined {
  if (!isObject(outputs) || !Object.hasOwn(outputs, "schema")) return undefined;
  const { schema } = outputs;
  if (!Array.isArray(schema)) return undefined;
  const fields = new Map<string, OfferedField>();
  for (const field of schema as readonly JsonValue[]) {
    if (!isObject(field)) return undefined;
    const { name, type, nullable } = field;
    if (typeof name !== "string" || typeof type !== "string") return undefined;
    fields.set(name, { type, nullable: typeof nullable === "boolean" ? nullable : undefined });
  }
  return fields;
}

function compareValues(contract: SchemaContract, outputs: JsonObject): readonly ContractProblem[] {
  return contract.flatMap(({ name, type, nullable }) => {
    const value = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
    if (value === undefined) return missing(name, type, Object.keys(outputs));
    if (value === null) {
      return nullable === false ? error(`field ${JSON.stringify(name)} is null, expected not null`) : [];
    }
    const expected = producedType(type);
    const found = valueProblem(expected, value);
    return found === undefined
      ? []
      : error(`field ${JSON.stringify(name)} is ${found}, expected ${typeText(expected)}`);
  });
}

/** What the outputs of a component say beside a contract. `extra` tells of fields that the contract does not name. */
export function checkOutputs(
  contract: SchemaContract,
  outputs: JsonValue | undefined,
  extra: boolean,
): readonly ContractProblem[] {
  const what = "not in it";
  const table = tableSchemaOf(outputs);
  if (table !== undefined) {
    return [...compareFields(contract, table), ...(extra ? extraFields(contract, table.keys(), what) : [])];
  }
  if (isObject(outputs)) {
    return [
      ...compareValues(contract, outputs),
      ...(extra ? extraFields(contract, Object.keys(outputs), what) : []),
    ];
  }
  if (contract.length === 0) return [];
  return [
    error(
      outputs === undefined ? "nothing was returned" : "what was returned is no object",
      "Return an object with the fields, or, for a table, one with schema: [{ name, type, nullable }].",
    ),
  ];
}
