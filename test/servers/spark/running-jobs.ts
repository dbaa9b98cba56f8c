import type { SparkServer } from "./spark-server.ts";

/** Spark's jobs that carry a tag and run now; 0 where there is no server. */
export async function runningJobs(server: SparkServer | undefined, tag: string): Promise<number> {
  if (server === undefined) return 0;
  const api = `${server.ui}/api/v1/applications`;
  const [application] = (await (await fetch(api)).json()) as { id: string }[];
  const jobs = (await (await fetch(`${api}/${application?.id}/jobs?status=running`)).json()) as {
    jobTags: string[];
  }[];
  return jobs.filter(({ jobTags }) => jobTags.some((job) => job.includes(tag))).length;
}
