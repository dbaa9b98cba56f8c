/** What kinds of file system matter to the local stores. */
export type FileSystemClass = "local" | "memory" | "network";

/** Linux magic numbers (`man 2 statfs`, linux/magic.h) of file systems that live in memory and are gone after a restart. */
const IN_MEMORY: ReadonlyMap<number, string> = new Map([
  [0x01021994, "tmpfs"],
  [0x858458f6, "ramfs"],
]);

/**
 * Those that other machines may write to as well. Their locks may be missing, be local to one client, or be lost
 * when a server restarts. FUSE is among them since most of its file systems that hold data are remote.
 */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x65735546, "FUSE"],
  [0x5346414f, "AFS"],
  [0x6b414653, "kAFS"],
  [0x01021997, "9p"],
  [0x47504653, "GPFS"],
  [0x19830326, "BeeGFS"],
  [0x7461636f, "OCFS2"],
  [0x01161970, "GFS2"],
  [0x786f4256, "VirtualBox shared folder"],
  [0xaad7aaea, "PanFS"],
]);

/** The class and name of a file system by the magic number that `statfs` gives. */
export function fileSystemClass(magic: number): { readonly class: FileSystemClass; readonly name: string } {
  // Some libraries give the number as a signed one.
  const unsigned = magic >>> 0;
  const memory = IN_MEMORY.get(unsigned);
  if (memory !== undefined) return { class: "memory", name: memory };
  const network = NETWORK.get(unsigned);
  if (network !== undefined) return { class: "network", name: network };
  return { class: "local", name: `0x${unsigned.toString(16)}` };
}
