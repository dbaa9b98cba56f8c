import type { FileSystem } from "./file-system.ts";

/** Writes all of `bytes` at `position`, however many calls that takes. */
export function writeWhole(fs: FileSystem, fd: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) {
    const written = fs.write(fd, done === 0 ? bytes : bytes.subarray(done), position + done);
    if (written <= 0) throw Object.assign(new Error("the system wrote no byte"), { code: "EIO" });
    done += written;
  }
}

/** Reads `length` bytes from `position`, fewer where the file ends before. */
export function readWhole(fs: FileSystem, fd: number, position: number, length: number): Uint8Array {
  const target = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const got = fs.read(fd, done === 0 ? target : target.subarray(done), position + done);
    if (got === 0) break;
    done += got;
  }
  return done === length ? target : target.subarray(0, done);
}
