import type { DataSource, OutputMode } from "../files/mod.ts";

/** How an output is published. */
export interface OutputOptions {
  /**
   * What happens to what is there: `overwrite` (the default) replaces it; `append` adds a file in the folder that the URI
   * names, under a name that the run's chain and the component give, so that appending twice is appending once; `error`
   * refuses a taken name.
   */
  readonly mode?: OutputMode | undefined;
  /** True: a dataset of several files. It becomes a new subfolder of the URI, and a manifest, `_manifest.json`, comes last. */
  readonly folder?: boolean | undefined;
  /** Of `append` and `folder`: what the published name begins with, its extension included. Default `part`. */
  readonly name?: string | undefined;
  /**
   * Of `folder`: true where something outside goes on writing there when this process dies, such as Spark. Then the place
   * is not removed with the attempt: the next one that opens this output is given the same (`found`), and goes on with
   * what lies there or discards it. Default false.
   */
  readonly keep?: boolean | undefined;
  /** Whether a resume checks that what was published is still there. Default true. */
  readonly artifact?: boolean | undefined;
}

/** A temporary place, which gets its name when the component has completed. */
export interface Output {
  /** What will be published: a file, or the subfolder of a dataset. */
  readonly uri: string;
  /**
   * Where to write on this machine, with whatever tool: a file that is not there yet, or a folder. For a remote URI it is
   * uploaded when the component returns.
   */
  readonly path: string;
  /**
   * Of a dataset: its temporary place as a URI, for tools that write there themselves, such as Spark. What they leave there
   * and what is in `path` is published together.
   */
  readonly stagingUri: string;
  /** With `keep`: it is the place of an earlier attempt, with what that left there. */
  readonly found: boolean;
  /** Adds to the file; calls are done one after the other. Not for datasets. */
  readonly write: (source: DataSource) => Promise<void>;
  /** Gives it up: nothing is published. */
  readonly discard: () => Promise<void>;
}

/** The `ctx.output` of a component. */
export type OutputOpener = (uri: string, options?: OutputOptions) => Promise<Output>;
