import type { JsonValue } from "../base/mod.ts";
import { secretPlaces } from "../config/mod.ts";
import { configInput } from "../plugin/mod.ts";
import type { ExecuteRequest } from "./execute-request.ts";
import type { WorkerHandle } from "./worker-handle.ts";
import type { AttemptOrder } from "./worker/protocol.ts";

type CompletedEntry = readonly [name: string, outputs?: JsonValue];

/** Makes what a worker is told for an attempt. Of completed components each worker is told once, so that no order grows with their number. */
export class OrderMaker {
  readonly #request: Pick<ExecuteRequest, "prepared" | "journal">;
  /** In the order of completion. */
  readonly #completed: CompletedEntry[] = [];
  readonly #told = new WeakMap<WorkerHandle, number>();

  constructor(request: Pick<ExecuteRequest, "prepared" | "journal">) {
    this.#request = request;
  }

  completed(index: number, outputs: JsonValue | undefined): void {
    const name = this.#request.prepared.components[index]?.config.instanceName ?? "";
    this.#completed.push(outputs === undefined ? [name] : [name, outputs]);
  }

  order(index: number, attempt: number, worker: WorkerHandle): AttemptOrder {
    const { prepared, journal } = this.#request;
    const component = prepared.components[index];
    if (component?.resolved === undefined) throw new Error(`component ${index} was never resolved`);
    const { value, numberTexts } = configInput(component.config.instanceConfig);
    const places = secretPlaces(component.config.instanceConfig);
    const told = this.#told.get(worker) ?? 0;
    this.#told.set(worker, this.#completed.length);
    const steps = journal?.state().steps.get(index);
    return {
      index,
      name: component.config.instanceName,
      attempt,
      resolved: component.resolved,
      config: value,
      numberTexts,
      ...(places === undefined ? {} : { secretPlaces: places }),
      ...(steps === undefined ? {} : { steps: Object.fromEntries(steps) }),
      completed: this.#completed.slice(told),
      ...(component.contracts === undefined ? {} : { contracts: component.contracts }),
    };
  }
}
