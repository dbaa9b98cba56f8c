import type { JsonObject } from "../../base/mod.ts";
import type { ComponentContext } from "../../sdk/mod.ts";
import type { Cluster } from "./cluster.ts";
import type { SubmitConfig } from "./submit-config.ts";
import type { Submission } from "./submit-command.ts";
import type { SubmitEnd } from "./submit-end.ts";

/** What the two ways to submit share. */
export interface SubmitTools {
  readonly context: ComponentContext<SubmitConfig>;
  readonly submission: Submission;
  /** Aborts with the component and after its timeout. */
  readonly signal: AbortSignal;
  readonly timedOut: () => boolean;
  /** Undefined where nobody can be asked. */
  readonly cluster: () => Cluster | undefined;
  /** The mark of a submission, from the key of its intent. */
  readonly tag: (idempotencyKey: string) => string;
}

/** What became of one submission. */
export interface Tried {
  readonly end: SubmitEnd & JsonObject;
  /** Set where it failed in this attempt: the attempt has failed with it. Else another attempt has told of it already. */
  readonly failure: Error | undefined;
}
