import type { MessageInitShape } from "@bufbuild/protobuf";

import { CairnError } from "../../base/mod.ts";
import type {
  Expression_AliasSchema,
  Expression_LiteralSchema,
  Expression_SortOrderSchema,
  Expression_WindowSchema,
  ExpressionSchema,
} from "../gen/spark/connect/expressions_pb.ts";
import type { RelationSchema } from "../gen/spark/connect/relations_pb.ts";

// What messages of the protocol are made from. Plans stay plain data until a session sends them, so that this folder
// needs the generated code's types only.

/** A relation of a plan. */
export type RelationInit = MessageInitShape<typeof RelationSchema>;
/** An expression of a plan. */
export type ExpressionInit = MessageInitShape<typeof ExpressionSchema>;
/** A literal value of a plan. */
export type LiteralInit = MessageInitShape<typeof Expression_LiteralSchema>;
/** An order of a plan. */
export type SortOrderInit = MessageInitShape<typeof Expression_SortOrderSchema>;
/** The frame of a window. */
export type FrameInit = NonNullable<MessageInitShape<typeof Expression_WindowSchema>["frameSpec"]>;
/** What a window of a plan is made from, the function aside. */
export interface WindowParts {
  readonly partitionSpec: ExpressionInit[];
  readonly orderSpec: SortOrderInit[];
  readonly frameSpec?: FrameInit;
}
/** A named expression of a plan. */
export type AliasInit = MessageInitShape<typeof Expression_AliasSchema>;

/** What kinds of relations there are, each with what it is made from. */
export type RelationKind = NonNullable<RelationInit["relType"]>;

/** What to throw for a call that can't become a plan; nothing was sent. */
export function planError(message: string, hint?: string): CairnError {
  return new CairnError(message, { code: "SPARK_PLAN_INVALID", kind: "config", hint });
}

/** @throws CairnError `SPARK_PLAN_INVALID` unless it is a whole number of at least `least`. */
export function wholeNumber(value: number, what: string, least = 0): number {
  if (Number.isSafeInteger(value) && value >= least && value < 2 ** 31) return value;
  throw planError(`Cannot make a plan: ${what} is ${value}, not a whole number of at least ${least}`);
}
