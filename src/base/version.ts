import { version as manifestVersion } from "../../package.json" with { type: "json" };

/** Cairn's version, as `package.json` has it; the build puts it into the executable. */
export const version: string = manifestVersion;
