/** Where Spark keeps what is persisted, and how often. */
export interface StorageLevel {
  readonly useDisk: boolean;
  readonly useMemory: boolean;
  /** Memory outside the JVM's heap. */
  readonly useOffHeap: boolean;
  /** As Java's objects: quicker, and more memory. */
  readonly deserialized: boolean;
  /** On how many executors. */
  readonly replication: number;
}

const DISK = { useDisk: true, useMemory: false, useOffHeap: false, deserialized: false, replication: 1 };
const MEMORY = { useDisk: false, useMemory: true, useOffHeap: false, deserialized: false, replication: 1 };
const BOTH = { useDisk: true, useMemory: true, useOffHeap: false, deserialized: false, replication: 1 };

/** The levels by PySpark's names. */
export const StorageLevel: Readonly<
  Record<
    | "NONE"
    | "DISK_ONLY"
    | "DISK_ONLY_2"
    | "DISK_ONLY_3"
    | "MEMORY_ONLY"
    | "MEMORY_ONLY_2"
    | "MEMORY_AND_DISK"
    | "MEMORY_AND_DISK_2"
    | "MEMORY_AND_DISK_DESER"
    | "OFF_HEAP",
    StorageLevel
  >
> = {
  NONE: { ...DISK, useDisk: false },
  DISK_ONLY: DISK,
  DISK_ONLY_2: { ...DISK, replication: 2 },
  DISK_ONLY_3: { ...DISK, replication: 3 },
  MEMORY_ONLY: MEMORY,
  MEMORY_ONLY_2: { ...MEMORY, replication: 2 },
  MEMORY_AND_DISK: BOTH,
  MEMORY_AND_DISK_2: { ...BOTH, replication: 2 },
  MEMORY_AND_DISK_DESER: { ...BOTH, deserialized: true },
  OFF_HEAP: { ...BOTH, useOffHeap: true },
};
