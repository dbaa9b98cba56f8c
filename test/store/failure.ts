import { CairnError } from "../../src/base/mod.ts";

/** What a call throws or rejects with; throws where it doesn't. */
export async function failure(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("the call did not fail");
}

/** The CairnError that a call throws or rejects with; throws where it is something else. */
export async function caught(work: () => unknown): Promise<CairnError> {
  const thrown = await failure(work);
  if (thrown instanceof CairnError) return thrown;
  throw thrown;
}
