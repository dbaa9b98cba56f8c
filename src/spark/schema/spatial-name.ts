import type { SpatialType } from "./data-type.ts";

/** The names of reference systems that aren't an authority's name with the number, as Spark says them. */
const NAMES: Readonly<Record<number, string>> = {
  0: "SRID:0",
  4267: "OGC:CRS27",
  4269: "OGC:CRS83",
  4326: "OGC:CRS84",
};
const ANY = "SRID:ANY";
/** What the types without a name are in, by the specifications of Parquet, Delta and Iceberg. */
const DEFAULT_SRID = 4326;
/** How shapes on the globe are joined between two points; Spark has this way alone. */
const EDGES = "SPHERICAL";
/** From here on the numbers are ESRI's, in PROJ's registry, which Spark has inside; EPSG's all lie below. */
const FIRST_ESRI = 32_767;
/** The numbers below that are ESRI's, from and to. */
const SMALL_ESRI: readonly (readonly [number, number])[] = [
  [2181, 2187],
  [4305, 4305],
  [20_062, 20_063],
  [24_721, 24_721],
  [26_761, 26_765],
  [26_788, 26_790],
  [30_591, 30_592],
  [31_491, 31_495],
  [31_917, 31_922],
  [32_059, 32_060],
];
const JSON_FORM = /^(geometry|geography)(?:\(\s*([^\s,()]+)\s*(?:,\s*(\w+)\s*)?\))?$/iu;

/** The name of a spatial type in schemas as JSON: `geometry(EPSG:3857)`, `geography(OGC:CRS84, SPHERICAL)`. */
export function spatialName({ type, srid }: SpatialType): string {
  const system = systemName(srid);
  return type === "geometry" ? `geometry(${system})` : `geography(${system}, ${EDGES})`;
}

/** The other way of {@link spatialName}; undefined for what is none, and for systems without a number. */
export function spatialType(name: string): SpatialType | undefined {
  const [, kind = "", system, edges = EDGES] = JSON_FORM.exec(name) ?? [];
  const srid = system === undefined ? DEFAULT_SRID : systemNumber(system);
  if (kind === "" || srid === undefined || edges.toUpperCase() !== EDGES) return undefined;
  return { type: kind.toLowerCase() === "geometry" ? "geometry" : "geography", srid };
}

function systemName(srid: number | "any"): string {
  if (srid === "any") return ANY;
  const small = SMALL_ESRI.some(([from, to]) => srid >= from && srid <= to);
  return NAMES[srid] ?? `${small || srid >= FIRST_ESRI ? "ESRI" : "EPSG"}:${srid}`;
}

function systemNumber(system: string): number | "any" | undefined {
  if (system.toUpperCase() === ANY) return "any";
  const named = Object.entries(NAMES).find(([, name]) => name === system);
  if (named) return Number(named[0]);
  const [, number] = /^(?:EPSG|ESRI|SRID):(\d+)$/u.exec(system) ?? [];
  return number === undefined ? undefined : Number(number);
}
