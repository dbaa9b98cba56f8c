/**
 * What tests against a real server begin with: gives what `open` gives, or undefined where the server can't be had;
 * then the reason is printed, and the tests are left out. With `CAIRN_TEST_SERVERS=all` a server that can't be had is
 * an error, and it is installed where it is missing; `CAIRN_TEST_SERVERS=none` leaves all out.
 *
 * To be awaited at the top of a test file, where installing may take its time.
 *
 * ```ts
 * const gateway = await serverFor("versitygw", startVersitygw);
 * describe.skipIf(gateway === undefined)("S3 on versitygw", () => { … });
 * ```
 */
export async function serverFor<T>(
  name: string,
  open: (mayInstall: boolean) => Promise<T>,
): Promise<T | undefined> {
  const wanted = process.env["CAIRN_TEST_SERVERS"];
  if (wanted === "none") return leftOut(name, "CAIRN_TEST_SERVERS=none");
  try {
    return await open(wanted === "all");
  } catch (thrown) {
    if (wanted === "all") throw thrown;
    return leftOut(name, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function leftOut(name: string, reason: string): undefined {
  console.log(`left out: the tests on ${name}: ${reason}`);
  return undefined;
}
