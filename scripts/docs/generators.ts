import { configurationPage } from "./configuration-page.ts";
import { cliReference, definitions, exitCodesReference } from "../../src/cli/mod.ts";
import { architecturePage } from "./rooms-table.ts";
import { sparkPage } from "./spark-page.ts";

/** Makes the content of one page from what the code says. */
export type Generator = () => Promise<string> | string;

/** The pages that are generated, whole or in part: path → content. To add one: a file here and a line below. */
export const generators: Readonly<Record<string, Generator>> = {
  "docs/architecture.md": architecturePage,
  "docs/reference/cli.md": () => cliReference(definitions),
  "docs/reference/exit-codes.md": exitCodesReference,
  "docs/reference/configuration.md": configurationPage,
  "docs/reference/spark-api.md": sparkPage,
};
