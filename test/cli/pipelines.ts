import type { TempDir } from "../kit/mod.ts";

/** A component of a pipeline made for a test. */
export interface TestComponent {
  readonly type: string;
  readonly name: string;
  /** The inside of `instance-config`. */
  readonly config?: string;
}

/** The text of a pipeline file, one component a line. */
export function pipeline(name: string, components: readonly TestComponent[], more: string = ""): string {
  const lines = components.map(
    ({ type, name: instance, config = "" }) =>
      `    { instance-type = "${type}", instance-name = "${instance}", instance-config { ${config} } }`,
  );
  return `pipeline {
  pipeline-name = "${name}"${more === "" ? "" : `\n  ${more}`}
  pipeline-components = [
${lines.join("\n")}
  ]
}
`;
}

const WORK = `import { defineComponent, v } from "cairn";

export default defineComponent({
  description: "Does what it is told, quickly.",
  config: v.object({ source: v.optional(v.string()), batchSize: v.optional(v.number(), 1000) }),
  async run({ config, log, progress }) {
    log.info("working", { batchSize: config.batchSize });
    progress(1, 1);
    return { rows: 3 };
  },
});
`;

const FRAGILE = `import { existsSync } from "node:fs";
import { defineComponent } from "cairn";

export default defineComponent({
  description: "Fails until the file \`mended\` is there.",
  async run() {
    if (!existsSync("mended")) throw new RangeError("the warehouse is not there");
    return { loaded: true };
  },
});
`;

const WAIT = `import { writeFileSync } from "node:fs";
import { defineComponent } from "cairn";

export default defineComponent({
  description: "Works until it is told to stop.",
  async run({ signal }) {
    writeFileSync("waiting", "");
    const working = setInterval(() => {}, 50);
    try {
      await new Promise((resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    } finally {
      clearInterval(working);
    }
  },
});
`;

const SHY = `import { defineComponent } from "cairn";

export default defineComponent({
  async run({ signal }) {
    const { writeFileSync } = await import("node:fs");
    writeFileSync("waiting", String(process.pid));
    for (;;) if (signal === undefined) return;
  },
});
`;

/** Writes the plugins that the tests of the command line use: `etl.Work`, `etl.Fragile`, `etl.Wait`, `etl.Deaf`. */
export function writePlugins(dir: TempDir): void {
  dir.write("plugins/etl/Work.ts", WORK);
  dir.write("plugins/etl/Fragile.ts", FRAGILE);
  dir.write("plugins/etl/Wait.ts", WAIT);
  dir.write("plugins/etl/Deaf.ts", SHY);
}
