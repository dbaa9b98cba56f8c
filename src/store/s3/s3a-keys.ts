import { nearest } from "../../base/mod.ts";
import { storeError } from "../errors.ts";
import type { HadoopConfig } from "../hadoop/hadoop-config.ts";

/**
 * The `fs.s3a.…` settings for one bucket: `fs.s3a.bucket.NAME.x` is over `fs.s3a.x`, as in Hadoop. Names are given
 * without `fs.s3a.`. Errors name the key as it was written, and never its value where that may be a secret.
 */
export interface S3aKeys {
  text(name: string): string | undefined;
  /** `true` or `false`, in any case. */
  flag(name: string): boolean | undefined;
  /** In ms; a bare number is milliseconds, units are ns, us, ms, s, m, h, d. */
  duration(name: string): number | undefined;
  /** A whole number, not negative. */
  count(name: string): number | undefined;
  /** One of `values`, in any case; given as it is written there. */
  choice<T extends string>(name: string, values: readonly T[]): T | undefined;
  /** The error for a value that isn't offered. */
  refused(name: string, why: string, hint: string): Error;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export function s3aKeys(config: HadoopConfig, bucket: string): S3aKeys {
  const ofBucket = (name: string): string => `fs.s3a.bucket.${bucket}.${name}`;
  const keyOf = (name: string): string =>
    config.get(ofBucket(name)) === undefined ? `fs.s3a.${name}` : ofBucket(name);
  const text = (name: string): string | undefined => config.get(keyOf(name));
  const refused = (name: string, why: string, hint: string): Error =>
    storeError("STORE_BAD_SETTINGS", `Cannot use the setting "${keyOf(name)}": ${why}`, {
      hint,
      details: { key: keyOf(name) },
    });
  const parsed = <T>(name: string, form: string, parse: (value: string) => T | undefined): T | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const found = parse(value);
    if (found === undefined) throw refused(name, `it is not ${form}`, `Give ${form}, or leave it out.`);
    return found;
  };
  return {
    text,
    refused,
    flag: (name) => parsed(name, "true or false", (value) => FLAGS[value.toLowerCase()]),
    duration: (name) => parsed(name, 'a duration such as "5s" or "500ms"', durationMs),
    count: (name) =>
      parsed(name, "a whole number", (value) => (/^[0-9]{1,9}$/.test(value) ? Number(value) : undefined)),
    choice(name, values) {
      const value = text(name);
      const found = values.find((known) => known.toLowerCase() === value?.toLowerCase());
      if (value === undefined || found !== undefined) return found;
      const near = nearest(value, values);
      throw refused(
        name,
        `${JSON.stringify(value)} is none of ${values.join(", ")}`,
        near === undefined ? "Give one of these, or leave it out." : `Did you mean "${near}"?`,
      );
    },
  };
}

const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false };

function durationMs(value: string): number | undefined {
  const [, number, unit = "ms"] = /^([0-9]{1,12})\s*(ns|us|ms|s|m|h|d)?$/.exec(value.toLowerCase()) ?? [];
  return number === undefined ? undefined : Number(number) * (UNITS_MS[unit] ?? 1);
}
