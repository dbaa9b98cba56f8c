/** What a module that the executable provides exports. */
export type ModuleExports = Readonly<Record<string, unknown>>;

/** The modules that plugins may import without installing anything, each made at its first import. */
export type VirtualModules = Readonly<
  Record<"cairn" | "cairn/testing", () => ModuleExports | Promise<ModuleExports>>
>;

function asModule(exports: ModuleExports): { exports: ModuleExports; loader: "object" } {
  return { exports: { ...exports }, loader: "object" };
}

/**
 * Lets the executable answer `import … from "cairn"` and `"cairn/testing"`, in plugin files and in the npm
 * packages that they use, whatever lies in their `node_modules`. This is the one change of the process's state
 * that the room makes; it is made once per process, by whoever owns it, before anything is loaded.
 */
export function installVirtualModule(modules: VirtualModules): void {
  Bun.plugin({
    name: "cairn",
    setup(build) {
      for (const [name, open] of Object.entries(modules)) {
        build.module(name, () => {
          const exports = open();
          // An asynchronous answer would forbid `require("cairn")`.
          return exports instanceof Promise ? exports.then(asModule) : asModule(exports);
        });
      }
    },
  });
}
