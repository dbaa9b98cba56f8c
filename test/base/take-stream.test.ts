import { expect, test } from "bun:test";
import { join } from "node:path";

const MODULE = join(import.meta.dir, "../../src/base/take-stream.ts");

/** What a program prints whose `process.stdout` is taken, each piece in brackets. */
async function printed(program: string): Promise<string> {
  const taken = `
    import { writeSync } from "node:fs";
    import { Readable } from "node:stream";
    import { takeStream } from ${JSON.stringify(MODULE)};
    takeStream("stdout", false, (chunk) => writeSync(1, "[" + Buffer.from(chunk).toString() + "]"));
    ${program}`;
  const child = Bun.spawn([process.execPath, "-e", taken], { stdout: "pipe", stderr: "inherit" });
  const text = await child.stdout.text();
  expect(await child.exited).toBe(0);
  return text;
}

test("what is written to a taken stream, whole or by its end, is taken piece by piece", async () => {
  const text = await printed(`
    process.stdout.write("text");
    process.stdout.write("aGV4", "base64");
    process.stdout.write(new Uint8Array([98, 121]));
    await new Promise((done) => process.stdout.write("called", done));
    process.stdout.end("last");`);
  expect(text).toBe("[text][hex][by][called][last]");
});

test("a taken stream is one stream, that of its descriptor, and no terminal", async () => {
  const text = await printed(`
    const { stdout } = process;
    writeSync(1, JSON.stringify([stdout === process.stdout, stdout.fd, stdout.isTTY ?? false, stdout.writable]));`);
  expect(text).toBe("[true,1,false,true]");
});

test("whatever ends or destroys a taken stream, its descriptor stays open", async () => {
  const text = await printed(`
    await new Promise((done) => Readable.from(["piped"]).pipe(process.stdout, { end: false }).on("unpipe", done));
    process.stdout.end();
    process.stdout.destroy();
    await Bun.sleep(10);
    writeSync(1, "open");`);
  expect(text).toBe("[piped]open");
});
