import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  discardStaged,
  fillStaged,
  localPath,
  makePlace,
  type OpenFiles,
  planStage,
  publishStaged,
  readStaged,
  type Staged,
  stagedJson,
  type StageRequest,
} from "../../src/files/mod.ts";
import { codeOf, readAll } from "./laws.ts";

interface StagingBench {
  readonly files: OpenFiles;
  readonly folder: string;
}

const REQUEST = {
  kind: "file",
  mode: "overwrite",
  name: "part",
  rootRunId: "r1",
  component: "Load",
} as const;

/** Stages and fills; texts by their names in a folder, or one text for a file. */
async function staged(
  { files }: StagingBench,
  request: Partial<StageRequest> & Pick<StageRequest, "uri">,
  content: string | Readonly<Record<string, string>>,
): Promise<Staged> {
  const planned = await planStage(files, { ...REQUEST, ...request });
  await makePlace(planned);
  const texts = typeof content === "string" ? { "": content } : content;
  for (const [name, text] of Object.entries(texts)) {
    const path = name === "" ? localPath(planned) : join(localPath(planned), name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return readStaged(stagedJson(await fillStaged(files, planned)));
}

/** Everything below a folder, by name. */
export async function tree(files: OpenFiles, folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { uri } of await files.list(folder, { recursive: true })) {
    found[uri.slice(files.resolve(folder).length + 1)] = (await readAll(files, uri)).toString();
  }
  return found;
}

/** States one law, and proves it. */
type State = (says: string, run: (bench: StagingBench) => Promise<void>) => void;

/** The laws of staging, on one kind of file system. */
export function stagingLaws(name: string, open: () => StagingBench, timeoutMs: number): void {
  const law: State = (says, run) => test(`${name}: ${says}`, () => run(open()), timeoutMs);
  publishingLaws(law);
  sweepingLaws(law);
  datasetLaws(law);
}

function publishingLaws(law: State): void {
  law("a file is seen when it is published, and publishing again changes nothing", async (bench) => {
    const { files, folder } = bench;
    await files.write(`${folder}/x.txt`, "before");
    const one = await staged(bench, { uri: `${folder}/x.txt` }, "after");
    expect((await readAll(files, `${folder}/x.txt`)).toString()).toBe("before");
    const published = await publishStaged(files, one);
    expect(await publishStaged(files, one)).toEqual(published);
    expect(published).toMatchObject({ uri: `${folder}/x.txt`, size: 5 });
    expect(await tree(files, folder)).toEqual({ "x.txt": "after" });
  });

  law(
    "appending is the same however often it is done, and another run's file stands beside",
    async (bench) => {
      const { files, folder } = bench;
      const append = { uri: folder, mode: "append", name: "orders.jsonl" } as const;
      for (const text of ["one", "one again"]) await publishStaged(files, await staged(bench, append, text));
      await publishStaged(files, await staged(bench, { ...append, rootRunId: "r2" }, "two"));
      const found = await tree(files, folder);
      expect(Object.values(found).toSorted()).toEqual(["one again", "two"]);
      for (const at of Object.keys(found)) expect(at).toMatch(/^orders-[0-9a-f]{16}\.jsonl$/);
    },
  );

  law("what is there already is refused with mode error, early and late", async (bench) => {
    const { files, folder } = bench;
    const once = { uri: `${folder}/x`, mode: "error" } as const;
    const early = await staged(bench, once, "early");
    await publishStaged(files, early);
    await publishStaged(files, early);
    expect(await codeOf(planStage(files, { ...REQUEST, ...once }))).toBe("FILE_EXISTS");
    const late = await staged(bench, { ...once, uri: `${folder}/y` }, "late");
    await files.write(`${folder}/y`, "somebody's");
    expect(await codeOf(publishStaged(files, late))).toBe("FILE_EXISTS");
    await discardStaged(files, late);
    expect(await tree(files, folder)).toEqual({ x: "early", y: "somebody's" });
  });
}

function sweepingLaws(law: State): void {
  law("what was given up, or is gone, is not published", async (bench) => {
    const { files, folder } = bench;
    const one = await staged(bench, { uri: `${folder}/x` }, "x");
    await discardStaged(files, one);
    await discardStaged(files, one);
    expect(await codeOf(publishStaged(files, one))).toBe("STAGED_GONE");
    const two = await staged(bench, { uri: `${folder}/set`, kind: "folder" }, { a: "a" });
    await discardStaged(files, two);
    expect(await codeOf(publishStaged(files, two))).toBe("STAGED_GONE");
    const three = await staged(bench, { uri: `${folder}/x` }, "three");
    await publishStaged(files, three);
    await files.write(`${folder}/x`, "other");
    expect(await codeOf(publishStaged(files, three))).toBe("STAGED_GONE");
    expect(await tree(files, folder)).toEqual({ x: "other" });
  });

  law("nothing written is said", async (bench) => {
    const planned = await planStage(bench.files, { ...REQUEST, uri: `${bench.folder}/x` });
    await makePlace(planned);
    expect(await codeOf(fillStaged(bench.files, planned))).toBe("FILE_MISSING");
    await discardStaged(bench.files, planned);
  });
}

function datasetLaws(law: State): void {
  law("a dataset is a new folder with its manifest last, cut off anywhere and done again", async (bench) => {
    const { files, folder } = bench;
    const set = { uri: `${folder}/set`, kind: "folder", name: "part" } as const;
    const content = { "a.csv": "a", "deep/b.csv": "bb" };
    for (let cut = 1; ; cut++) {
      let points = 0;
      const one = await staged(bench, { ...set, rootRunId: `r${cut}` }, content);
      const attempt = publishStaged(files, one, undefined, () => {
        if (++points === cut) throw new Error("killed here");
      });
      const whole = (await attempt.catch(() => undefined)) !== undefined;
      const published = await publishStaged(files, one);
      expect(await publishStaged(files, one)).toEqual(published);
      const top = JSON.parse((await readAll(files, `${folder}/set/_manifest.json`)).toString()) as {
        folder: string;
      };
      expect(top).toMatchObject({
        files: [
          { name: "a.csv", size: 1 },
          { name: "deep/b.csv", size: 2 },
        ],
      });
      const { "_manifest.json": manifest, ...written } = await tree(files, `${folder}/set/${top.folder}`);
      expect(written).toEqual(content);
      expect(JSON.parse(manifest ?? "")).toEqual({
        version: 1,
        files: [
          { name: "a.csv", size: 1 },
          { name: "deep/b.csv", size: 2 },
        ],
      });
      // The present folder, the one before it, and the manifest.
      expect((await files.list(`${folder}/set`)).length).toBeLessThanOrEqual(3);
      if (whole) break;
    }
  });

  law(
    "a dataset that its component publishes once more holds what the later passage wrote",
    async (bench) => {
      const { files, folder } = bench;
      const set = { uri: `${folder}/set`, kind: "folder", mode: "append" } as const;
      await publishStaged(files, await staged(bench, set, { a: "a", b: "b" }));
      const { uri } = await publishStaged(files, await staged(bench, set, { a: "new" }));
      const found = Object.values(await tree(files, folder));
      expect(found.filter((text) => !text.includes("version"))).toEqual(["new"]);
      expect(uri).toMatch(/part-[0-9a-f]{16}\/_manifest\.json$/);
    },
  );
}
