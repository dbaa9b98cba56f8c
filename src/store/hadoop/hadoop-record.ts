const SPARK = "spark.hadoop.";

/**
 * The Hadoop settings in a record of Spark's: `spark.hadoop.NAME` as `NAME`. Settings of Spark itself (`spark.…`) are
 * left out, all others stand for themselves.
 */
export function hadoopRecord(record: Readonly<Record<string, string>>): Record<string, string> {
  const found: [string, string][] = [];
  for (const [name, value] of Object.entries(record)) {
    if (name.startsWith(SPARK)) found.push([name.slice(SPARK.length), value]);
    else if (!name.startsWith("spark.")) found.push([name, value]);
  }
  return Object.fromEntries(found);
}
