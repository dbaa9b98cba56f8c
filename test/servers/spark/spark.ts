import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runTool, type Installation } from "../mod.ts";

const REQUIREMENTS = join(import.meta.dir, "requirements.txt");

/**
 * Spark with PySpark's client, from PyPI: 456 MB. `pip` checks every package against the sums in `requirements.txt`,
 * which `pip-compile --generate-hashes` wrote from the one line `pyspark[connect]==4.3.0`.
 */
export async function spark(): Promise<Installation> {
  const sum = new Bun.CryptoHasher("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  const python = await runTool(["python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]);
  return {
    name: "spark",
    key: `${sum}-python${python.trim()}`,
    async fill(folder) {
      const pip = [
        "python3",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-compile",
      ];
      await runTool([...pip, "--target", folder, "--require-hashes", "--requirement", REQUIREMENTS]);
    },
  };
}
