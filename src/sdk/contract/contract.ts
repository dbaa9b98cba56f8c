import { CairnError, nearest } from "../../base/mod.ts";
import { TYPE_NAMES } from "./field-type.ts";
import { parseType } from "./parse-type.ts";

/** One field that a component needs or produces. */
export interface ContractField {
  readonly name: string;
  /** `string`, `int`, `long`, `double`, `decimal(10,2)`, `boolean`, `date`, `timestamp`, `binary`, `array<…>`, `map<…,…>`, `struct<…>`, or as Spark or DuckDB name it. */
  readonly type: string;
  /** Whether it may be null. Default true. */
  readonly nullable?: boolean | undefined;
  /** For `cairn plugins show`. */
  readonly description?: string | undefined;
}

/** The fields that a component needs or produces, in any order. */
export type SchemaContract = readonly ContractField[];

/** What a component needs: of each component that it comes after, or of each by its instance name. */
export type InputContract = SchemaContract | Readonly<Record<string, SchemaContract>>;

/** A contract, or what makes one from the component's configuration; undefined: none in this case. */
export type ContractOption<Config, Contract> =
  | Contract
  | ((config: Config) => Contract | undefined)
  | undefined;

/** A contract that was declared and checked. */
export interface ContractSource<Config, Contract> {
  /** Undefined where it depends on the configuration. */
  readonly fixed: Contract | undefined;
  /** The contract for a configuration. Throws PLUGIN_DEFINITION_INVALID. */
  of(config: Config): Contract | undefined;
}

const FIELD_KEYS: readonly string[] = ["name", "type", "nullable", "description"];

function refuse(caller: string, state: string, hint: string): never {
  throw new CairnError(`Cannot define a plugin: ${caller} ${state}`, {
    code: "PLUGIN_DEFINITION_INVALID",
    kind: "config",
    hint,
  });
}

function checkType(caller: string, place: string, type: unknown): void {
  const parsed = typeof type === "string" ? parseType(type) : undefined;
  if (parsed === undefined) {
    refuse(
      caller,
      `needs the type of ${place} as a text`,
      "Write string, int, long, double, decimal(10,2), boolean, date, timestamp, binary, array<…>, map<…,…> or struct<…>.",
    );
  }
  const { unknown } = parsed;
  if (unknown === undefined) return;
  const near = nearest(unknown, TYPE_NAMES);
  refuse(
    caller,
    `does not know the type "${unknown}" of ${place}`,
    near === undefined ? "docs/contracts.md lists the types." : `Did you mean "${near}"?`,
  );
}

function checkField(caller: string, key: string, field: unknown): void {
  if (typeof field !== "object" || field === null) {
    refuse(caller, `needs the fields of "${key}" as objects`, 'Write { name: "id", type: "long" }.');
  }
  const { name, type, nullable, description } = field as Readonly<Record<string, unknown>>;
  if (typeof name !== "string" || name === "") {
    refuse(caller, `needs a name for each field of "${key}"`, 'Write { name: "id", type: "long" }.');
  }
  const place = `the field "${name}" of "${key}"`;
  for (const each of Object.keys(field)) {
    if (FIELD_KEYS.includes(each)) continue;
    const near = nearest(each, FIELD_KEYS) ?? FIELD_KEYS.join(", ");
    refuse(caller, `does not know the key "${each}" in ${place}`, `Known are ${near}.`);
  }
  checkType(caller, place, type);
  if (nullable !== undefined && typeof nullable !== "boolean") {
    refuse(caller, `needs "nullable" of ${place} to be true or false`, "Leave it out where it may be null.");
  }
  if (description !== undefined && typeof description !== "string") {
    refuse(caller, `needs "description" of ${place} to be a text`, 'Write description: "…".');
  }
}

function checkContract(caller: string, key: string, contract: unknown): asserts contract is SchemaContract {
  if (!Array.isArray(contract)) {
    refuse(
      caller,
      `needs "${key}" to be a list of fields`,
      `Write ${key}: [{ name: "id", type: "long", nullable: false }].`,
    );
  }
  const names = new Set<string>();
  for (const field of contract as readonly unknown[]) {
    checkField(caller, key, field);
    const { name } = field as ContractField;
    if (names.has(name)) refuse(caller, `has two fields "${name}" in "${key}"`, "Keep one of them.");
    names.add(name);
  }
}

function checkInput(caller: string, key: string, contract: unknown): asserts contract is InputContract {
  if (typeof contract !== "object" || contract === null || Array.isArray(contract)) {
    return checkContract(caller, key, contract);
  }
  for (const [name, each] of Object.entries(contract)) checkContract(caller, `${key}.${name}`, each);
  return undefined;
}

function sourceOf<Config, Contract>(
  option: ContractOption<Config, Contract>,
  check: (contract: unknown) => asserts contract is Contract,
): ContractSource<Config, Contract> | undefined {
  if (option === undefined) return undefined;
  if (typeof option !== "function") {
    check(option);
    return { fixed: option, of: () => option };
  }
  const make = option as (config: Config) => Contract | undefined;
  return {
    fixed: undefined,
    of: (config) => {
      const contract = make(config);
      if (contract !== undefined) check(contract);
      return contract;
    },
  };
}

/** Checks an `input` contract. Throws PLUGIN_DEFINITION_INVALID. */
export function inputSource<Config>(
  caller: string,
  option: ContractOption<Config, InputContract>,
): ContractSource<Config, InputContract> | undefined {
  return sourceOf(option, (contract): asserts contract is InputContract =>
    checkInput(caller, "input", contract),
  );
}

/** Checks an `output` contract. Throws PLUGIN_DEFINITION_INVALID. */
export function outputSource<Config>(
  caller: string,
  option: ContractOption<Config, SchemaContract>,
): ContractSource<Config, SchemaContract> | undefined {
  return sourceOf(option, (contract): asserts contract is SchemaContract =>
    checkContract(caller, "output", contract),
  );
}

/** What an `input` contract asks of one of the components before; undefined: nothing. */
export function inputFrom(contract: InputContract | undefined, producer: string): SchemaContract | undefined {
  if (contract === undefined || isFieldList(contract)) return contract;
  return Object.hasOwn(contract, producer) ? contract[producer] : undefined;
}

/** Whether an `input` contract asks the same of all that come before. */
export function isFieldList(contract: InputContract): contract is SchemaContract {
  return Array.isArray(contract);
}
