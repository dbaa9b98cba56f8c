import type { Finding, JsonObject, JsonValue } from "../base/mod.ts";

/** Where an instance-type, hook type, or scheme of a store or secret provider was found. */
export interface ResolvedType {
  readonly type: string;
  /** Undefined for built-ins. */
  readonly file: string | undefined;
  /** The plugin folder it lies in; undefined for built-ins. */
  readonly folder: string | undefined;
  /** `default`, or the name of the export. */
  readonly exportName: string;
}

/** A component's own configuration after its schema, in forms that can cross a process. */
export interface CheckedConfig {
  readonly type: string;
  /** Issues of the schema by path into `instance-config` as the user wrote it; empty: valid. */
  readonly issues: readonly {
    readonly path: readonly (string | number)[];
    readonly message: string;
    readonly hint?: string | undefined;
  }[];
  /** The parsed configuration with defaults as JSON (values that JSON can't say are spelled as text); for the fingerprint and for showing. */
  readonly settings: JsonObject | undefined;
}

/** A contract of a component as `plugins show` tells it. */
export interface ContractDescription {
  /** It depends on the component's configuration, so there are no fields to name here. */
  readonly byConfiguration: boolean;
  readonly fields: readonly {
    /** The component that has to produce it, where that differs. */
    readonly from?: string | undefined;
    readonly name: string;
    readonly type: string;
    readonly nullable: boolean;
    readonly description?: string | undefined;
  }[];
}

/** What `plugins show` knows of a component. */
export interface PluginDescription {
  readonly type: string;
  readonly kind: "component" | "hooks" | "store" | "secrets";
  readonly description: string | undefined;
  readonly file: string | undefined;
  /** The fields of its configuration, from the schema. */
  readonly fields: readonly {
    readonly name: string;
    readonly type: string;
    readonly required: boolean;
    readonly default?: JsonValue | undefined;
    readonly description?: string | undefined;
  }[];
  /** What it needs of the components before it; undefined: it doesn't say. */
  readonly input?: ContractDescription | undefined;
  /** What it produces; undefined: it doesn't say. */
  readonly output?: ContractDescription | undefined;
}

export interface PluginProblem {
  readonly type: string;
  readonly finding: Finding;
}
