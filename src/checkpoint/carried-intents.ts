import { ranIn } from "./carry-all.ts";
import { type Intent, intentKey, type PublishIntent, stageIntent } from "./intents.ts";
import { completionOf, type Situation } from "./situation.ts";

/**
 * The intents that a new run takes over, under its own indexes. Outputs that were about to be published are published
 * if the component is still the same, else swept. A started action stays whatever has changed: nobody knows if it
 * was done; its known result goes the way of steps.
 */
export function carriedIntents(
  situation: Situation,
  isDropped: (index: number) => boolean,
): readonly Intent[] {
  const carried = new Map<string, Intent>();
  for (const intent of situation.previous.intents.values()) {
    for (const one of carriedOne(situation, intent, isDropped)) carried.set(intentKey(one), one);
  }
  return [...carried.values()];
}

/** The outputs of a component that are to be published in place of running it. */
export function openPublish({ previous, matching }: Situation, index: number): PublishIntent | undefined {
  const before = matching.before[index];
  if (before === undefined) return undefined;
  const intent = previous.intents.get(intentKey({ index: before, id: "publish" }));
  return intent?.action === "publish" ? intent : undefined;
}

function carriedOne(
  situation: Situation,
  intent: Intent,
  isDropped: (index: number) => boolean,
): readonly Intent[] {
  const { previous, matching } = situation;
  const index = intent.index === undefined ? undefined : matching.now[intent.index];
  const isOpen = index !== undefined && completionOf(situation, index) === undefined;
  switch (intent.action) {
    case "stage": {
      // Only the very same component goes on with a place that was kept.
      const isOver = intent.staged["keep"] === true && (!isOpen || isDropped(index));
      return [stageIntent(isOver ? undefined : index, intent.staged)];
    }
    case "publish": {
      if (!isOpen || isDropped(index)) return intent.staged.map((staged) => stageIntent(index, staged));
      return [{ ...intent, index, completion: { ...ranIn(intent.completion, previous.runId), index } }];
    }
    case "start":
      if (!isOpen || (intent.done !== undefined && isDropped(index))) return [];
      return [{ ...intent, index }];
  }
}
