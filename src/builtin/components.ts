import type { ComponentDefinition } from "../sdk/mod.ts";
import { fileCopyComponent } from "./file-copy.ts";
import { fileRemoveComponent } from "./file-remove.ts";
import { fileWaitComponent } from "./file-wait.ts";
import { httpComponent } from "./http.ts";
import { execComponent } from "./exec.ts";
import { sparkSubmitComponent } from "./spark-submit/spark-submit.ts";

/** A component that ships in the executable. */
export interface BuiltinComponent {
  readonly definition: ComponentDefinition;
  /** The code part of its fingerprint: raised by hand when what it does changes. */
  readonly revision: number;
}

/**
 * Components that ship in the executable, by type. A door of its own: every worker opens it, so what is slow to load
 * (clients of stores and services) is imported where it is used.
 */
export const builtinComponents: ReadonlyMap<string, BuiltinComponent> = new Map<string, BuiltinComponent>([
  ["exec", { definition: execComponent, revision: 1 }],
  ["http", { definition: httpComponent, revision: 1 }],
  ["file.wait", { definition: fileWaitComponent, revision: 1 }],
  ["file.copy", { definition: fileCopyComponent, revision: 1 }],
  ["file.remove", { definition: fileRemoveComponent, revision: 1 }],
  ["spark.submit", { definition: sparkSubmitComponent, revision: 1 }],
]);
