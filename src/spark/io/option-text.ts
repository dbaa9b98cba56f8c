/** A value of a data source's option; sources take text. */
export type OptionValue = string | number | bigint | boolean;

/** As Spark reads it: `true`, `12`. */
export function optionText(value: OptionValue): string {
  return String(value);
}
