import { expect, test } from "bun:test";
import { join } from "node:path";
import { PermanentError, SkipComponent, steeringOf, TransientError } from "../../src/sdk/mod.ts";
import { root, tempDir } from "../kit/mod.ts";

class RateLimited extends TransientError {
  override readonly name: string = "RateLimited";
}

test.each([
  [new TransientError("x"), "transient"],
  [new PermanentError("x"), "permanent"],
  [new SkipComponent("x"), "skip"],
  [new RateLimited("x"), "transient"],
  [Object.assign(new Error("x"), { name: "TransientError" }), "transient"],
  [{ name: "SkipComponent", message: "x" }, "skip"],
  [new Error("x"), undefined],
  [new TypeError("PermanentError"), undefined],
  ["TransientError", undefined],
  [null, undefined],
  [undefined, undefined],
] as const)("%#: steeringOf knows what is asked of the runner", (thrown, steering) => {
  expect(steeringOf(thrown)).toBe(steering);
});

test("typed errors say what they were given", () => {
  const cause = new Error("socket closed");
  const error = new TransientError("the server is busy", { cause, code: "BUSY", hint: "Wait." });
  const { name, message, code, hint } = error;
  expect({ name, message, code, hint, cause: error.cause }).toEqual({
    name: "TransientError",
    message: "the server is busy",
    cause,
    code: "BUSY",
    hint: "Wait.",
  });
  expect(error instanceof Error).toBe(true);
  expect(Object.hasOwn(new PermanentError("x"), "cause")).toBe(false);
});

test("an error of another copy of the module is recognised, even under a name of its own", async () => {
  using dir = tempDir();
  const path = dir.write("errors.ts", await Bun.file(join(root, "src/sdk/errors.ts")).text());
  const other = (await import(path)) as typeof import("../../src/sdk/errors.ts");
  class Own extends other.PermanentError {
    override readonly name: string = "Own";
  }
  expect(other.PermanentError).not.toBe(PermanentError);
  expect(steeringOf(new Own("x"))).toBe("permanent");
});
