import type { Finding } from "../base/mod.ts";
import {
  judgedComponent,
  locateProblem,
  type ReadableComponent,
  type ReadablePipeline,
} from "../config/mod.ts";
import { compareContracts, type ContractOrder, inputFrom, isFieldList } from "../sdk/mod.ts";
import { type Dependencies, dependenciesOf } from "./graph.ts";
import type { DeclaredContracts, Described } from "./worker/protocol.ts";

/** Names of other components that a message shows. */
const MAX_NAMES = 5;

type CheckedPipeline = Pick<ReadablePipeline, "components" | "redact" | "schemaValidation">;

/** A component with its neighbours and what it declares. */
interface Party {
  readonly component: ReadableComponent;
  /** Undefined where that can't be told. */
  readonly contracts: DeclaredContracts | undefined;
  readonly before: Party[];
  readonly after: Party[];
}

type Problem = Pick<Finding, "code" | "message" | "hint" | "severity">;

function partiesOf(
  components: readonly ReadableComponent[],
  described: ReadonlyMap<number, Described>,
): readonly Party[] {
  const parties = components.map((component): Party => {
    const contracts = described.get(component.index)?.contracts;
    return { component, contracts, before: [], after: [] };
  });
  for (const [index, { after }] of dependenciesOf(components).entries()) {
    const consumer = parties[index];
    if (consumer === undefined) continue;
    for (const producer of after.flatMap((before) => parties[before] ?? [])) {
      consumer.before.push(producer);
      producer.after.push(consumer);
    }
  }
  return parties.filter(({ component }) => component.enabled);
}

function namesText(parties: readonly Party[]): string {
  const shown = parties.slice(0, MAX_NAMES).map(({ component }) => JSON.stringify(component.instanceName));
  return [...shown, ...(parties.length > MAX_NAMES ? ["…"] : [])].join(", ");
}

/** What a consumer asks of one producer; undefined: nothing, or it can't be told. */
function asked(consumer: Party, producer: Party): ReturnType<typeof inputFrom> {
  return inputFrom(consumer.contracts?.input, producer.component.instanceName);
}

/** A problem, and the component that is named in `depends-on` where it is to be shown at that very name. */
type Found = Problem & { readonly other?: Party | undefined };

/** What a consumer asks of one producer beside what that one declares. */
function pairProblems(consumer: Party, producer: Party): readonly Found[] {
  const input = asked(consumer, producer);
  const output = producer.contracts?.output;
  if (input === undefined || output === undefined) return [];
  const { index, instanceName } = producer.component;
  const whose = `component ${index + 1} ${JSON.stringify(instanceName)}`;
  return compareContracts(input, output).map(({ severity, text, hint }) => ({
    severity,
    code: severity === "error" ? "CONTRACT_MISMATCH" : "CONTRACT_EXTRA_FIELDS",
    message: `its input contract and the output contract of ${whose}: ${text}`,
    hint,
    other: producer,
  }));
}

/** An input contract that asks something of a component which it does not come after. */
function nameProblems({ contracts, before }: Party): readonly Found[] {
  const input = contracts?.input;
  if (input === undefined || isFieldList(input)) return [];
  const names = new Set(before.map(({ component }) => component.instanceName));
  return Object.keys(input)
    .filter((name) => !names.has(name))
    .map((name) => ({
      severity: "error",
      code: "CONTRACT_UNKNOWN_COMPONENT",
      message: `its input contract names ${JSON.stringify(name)}, and it does not come after a component of that name`,
      hint: "Name that component in depends-on.",
    }));
}

function missing(message: string, strict: boolean, which: "input" | "output"): Found {
  const hint = `Declare ${which}: [ … ] in its defineComponent({ … }); programs and built-in components can't.`;
  return { severity: strict ? "error" : "warning", code: "CONTRACT_MISSING", message, hint };
}

/** Contracts that meet none on the other side; under `strict` also where neither side has one. */
function missingProblems(party: Party, strict: boolean): readonly Found[] {
  if (party.contracts === undefined) return [];
  const { input, output } = party.contracts;
  const { before, after } = party;
  const found: Found[] = [];
  const unasked = before.filter(
    (producer) =>
      asked(party, producer) === undefined &&
      (strict || (input === undefined && producer.contracts?.output !== undefined)),
  );
  if (unasked.length > 0) {
    const message = `it declares no input contract for what ${namesText(unasked)} ${unasked.length === 1 ? "produces" : "produce"}`;
    found.push(missing(message, strict, "input"));
  }
  const asking = after.filter((consumer) => strict || asked(consumer, party) !== undefined);
  if (output === undefined && asking.length > 0) {
    const message = `it declares no output contract for ${namesText(asking)}, which ${asking.length === 1 ? "comes" : "come"} after it`;
    found.push(missing(message, strict, "output"));
  }
  if (strict && [...before, ...after].length === 0 && input === undefined && output === undefined) {
    found.push(missing("it declares no contract", strict, "output"));
  }
  return found;
}

/**
 * The contracts of components with those that they come after, as far as both sides declare them: what can be told
 * before anything runs. Nothing where `schema-validation` is not enabled, and nothing about components that could
 * not be read or loaded: what is wrong with those is told elsewhere.
 */
export function checkContracts(
  { components, redact, schemaValidation }: CheckedPipeline,
  described: ReadonlyMap<number, Described>,
): readonly Finding[] {
  const { enabled, strict, failOnWarning } = schemaValidation;
  const isWhole = components.every(({ index }, at) => index === at);
  if (!enabled || !isWhole) return [];
  return partiesOf(components, described).flatMap((party) => {
    const { component } = party;
    const found = [
      ...party.before.flatMap((producer) => pairProblems(party, producer)),
      ...nameProblems(party),
      ...missingProblems(party, strict),
    ];
    return found.flatMap(({ other, ...problem }) => {
      const named = component.dependsOn?.indexOf(other?.component.instanceName ?? "") ?? -1;
      const place = named === -1 ? "instance-type" : ["depends-on", named];
      const severity = failOnWarning ? "error" : problem.severity;
      return locateProblem({ ...judgedComponent(component), redact }, place, { ...problem, severity });
    });
  });
}

/** What the attempts of each component are checked with; undefined where contracts are not checked. */
export function contractOrders(
  { components, schemaValidation }: Pick<ReadablePipeline, "components" | "schemaValidation">,
  dependencies: readonly Dependencies[],
  described: ReadonlyMap<number, Described>,
): readonly ContractOrder[] | undefined {
  if (!schemaValidation.enabled) return undefined;
  return dependencies.map(({ after }) => ({
    failOnWarning: schemaValidation.failOnWarning,
    producers: after.map((index) => {
      const output = described.get(index)?.contracts?.output;
      return { name: components[index]?.instanceName ?? "", ...(output === undefined ? {} : { output }) };
    }),
  }));
}
