/** Preload of the documentation's tests: answers `cairn` and `cairn/testing` as the executable does. */
import { installVirtualModule } from "../../src/plugin/mod.ts";
import { pluginExports } from "../../src/sdk/mod.ts";

installVirtualModule({
  cairn: () => pluginExports,
  "cairn/testing": () => import("../../src/sdk/testing.ts"),
});
