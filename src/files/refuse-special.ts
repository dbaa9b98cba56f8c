import { stat } from "node:fs/promises";
import { fileError, isNotThere, localFileError } from "./file-error.ts";

/**
 * Refuses a path of this machine whose name must not be given to a new file: that would take a device, a pipe or a socket
 * away from everybody (`/dev/null`, for a superuser).
 *
 * @throws CairnError `FILE_SPECIAL`
 */
export async function refuseSpecial(path: string): Promise<void> {
  try {
    const found = await stat(path);
    if (found.isFile() || found.isDirectory()) return;
  } catch (thrown) {
    if (isNotThere(thrown)) return;
    throw localFileError(`look at "${path}"`, false, thrown);
  }
  throw fileError("FILE_SPECIAL", `Cannot write "${path}": it is a device, a pipe or a socket`, {
    hint: "Give the path of a file: what is written gets its name at once when it is whole.",
  });
}
