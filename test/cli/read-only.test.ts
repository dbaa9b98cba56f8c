import { expect, test } from "bun:test";
import { runCairn, tempDir } from "../kit/mod.ts";
import { mayMount, mount, unmount } from "../kit/mount.ts";

const left = mayMount ? "" : " (left out: this user may not mount a file system)";

test.skipIf(!mayMount)(
  `a location that can't be made on a read-only disk is a finding, and no fault of Cairn's${left}`,
  async () => {
    using dir = tempDir();
    const disk = dir.join("disk");
    expect(mount(disk, "size=64k,ro")).toBe(true);
    try {
      dir.write(
        "p.conf",
        `pipeline { pipeline-name = P, checkpoint { enabled = true, location = ${JSON.stringify(`${disk}/cp`)} }, pipeline-components = [{ instance-type = exec, instance-name = E, instance-config { command = ["true"] } }] }\n`,
      );
      const doctor = await runCairn(["doctor", `--location=${disk}/cp`], { cwd: dir.path });
      expect(doctor.code, doctor.stdout + doctor.stderr).toBe(1);
      expect(doctor.stdout + doctor.stderr).toContain("read-only");
      const validate = await runCairn(["validate", "p.conf", "--resources"], { cwd: dir.path });
      expect(validate.code, validate.stdout + validate.stderr).toBe(2);
      const run = await runCairn(["run", "p.conf"], { cwd: dir.path });
      expect(run.code, run.stdout + run.stderr).toBe(6);
    } finally {
      unmount(disk);
    }
  },
  60_000,
);
