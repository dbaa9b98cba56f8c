import { configurationReference } from "../../src/config/mod.ts";

/** `docs/reference/configuration.md`: every key of a configuration, from the description that decodes them. */
export function configurationPage(): string {
  return configurationReference();
}
