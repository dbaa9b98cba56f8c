import * as v from "valibot";
import {
  CalendarInterval,
  Decimal,
  functions,
  Geography,
  Geometry,
  Observation,
  StorageLevel,
  Variant,
  Window,
} from "../spark/mod.ts";
import { openObjectStore, storeError } from "../store/mod.ts";
import { defineCheckpointStore } from "./define-checkpoint-store.ts";
import { defineComponent } from "./define-component.ts";
import { defineHooks } from "./define-hooks.ts";
import { defineSecretProvider } from "./define-secret-provider.ts";
import { PermanentError, SkipComponent, TransientError } from "./errors.ts";
import { sparkOnce } from "./spark-once.ts";

/** The values that `import … from "cairn"` gives a plugin. The rest of this room's door serves other rooms. */
export const pluginExports: Readonly<Record<string, unknown>> = {
  defineComponent,
  defineHooks,
  defineCheckpointStore,
  defineSecretProvider,
  openObjectStore,
  storeError,
  sparkOnce,
  functions,
  Window,
  Observation,
  StorageLevel,
  Decimal,
  CalendarInterval,
  Variant,
  Geometry,
  Geography,
  TransientError,
  PermanentError,
  SkipComponent,
  v,
};
