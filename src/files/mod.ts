/**
 * Room `files`: data where pipelines read and write it: local paths, `s3a:` and `hdfs:` URIs behind one small interface
 * (`data-files.ts`: stat, list, read, write, move, copy, remove). Clients and their configuration are the checkpoint
 * stores' own, so that a bucket or cluster that holds checkpoints is reached for data, too. `staging/` writes to a temporary
 * place and gives the result its name later, by somebody else if need be: what `ctx.output` rests on.
 *
 * Not here: checkpoints (room `store`), what a component may do with files (`ctx.output` in `sdk`, `file.*` in `builtin`).
 * To add a kind of file system: a file that gives a `DataFiles` for its URIs, and its schemes in `open-data-files.ts`.
 */
export type {
  DataFile,
  DataFiles,
  DataSource,
  ListOptions,
  ReadOptions,
  WriteOptions,
} from "./data-files.ts";
export { type DataFilesOptions, openDataFiles, type OpenFiles } from "./open-data-files.ts";
export { refuseSpecial } from "./refuse-special.ts";
export { fillStaged } from "./staging/fill.ts";
export { publishStaged, type PublishPoint } from "./staging/publish.ts";
export { discardStaged, localPath, makePlace, planStage, type StageRequest } from "./staging/stage.ts";
export { type OutputMode, type Published, readStaged, type Staged, stagedJson } from "./staging/staged.ts";
