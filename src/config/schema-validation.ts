import { type Section, section } from "./field.ts";
import { flag } from "./kinds.ts";
import type { SchemaValidation } from "./pipeline.ts";

/** Where nothing is said, contracts are not looked at. */
export const NO_SCHEMA_VALIDATION: SchemaValidation = {
  enabled: false,
  strict: false,
  failOnWarning: false,
};

/** Keys and defaults as the original has them. */
export const schemaValidationSection: Section<SchemaValidation> = section<SchemaValidation>({
  path: "pipeline.schema-validation",
  doc: "Whether the contracts between components are checked: when the file is validated, and while it runs.",
  fields: {
    enabled: { key: "enabled", doc: "check them", kind: flag, default: false },
    strict: {
      key: "strict",
      doc: "a component that declares none where others meet it is an error",
      kind: flag,
      default: false,
    },
    failOnWarning: {
      key: "fail-on-warning",
      doc: "what would be a warning is an error",
      kind: flag,
      default: false,
    },
  },
});
