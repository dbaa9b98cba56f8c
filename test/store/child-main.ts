/** A store in a process of its own: calls come in by IPC, answers go out. Ends when its parent does. */
import { CairnError, messageOf } from "../../src/base/mod.ts";
import { openFolderStore, type CheckpointStore, type FolderLayout, type Lease } from "../../src/store/mod.ts";
import type { ChildAnswer, ChildCall } from "./child-store.ts";

const [folder = "", layout] = process.argv.slice(2);
const store: CheckpointStore = await openFolderStore({ folder, layout: layout as FolderLayout | undefined });
const leases = new Map<number, Lease>();

async function answer({ id, method, args, lease }: ChildCall): Promise<ChildAnswer> {
  try {
    const target: object | undefined = lease === undefined ? store : leases.get(lease);
    const member: unknown = target === undefined ? undefined : Reflect.get(target, method);
    if (target === undefined || typeof member !== "function") throw new Error(`no method ${method}`);
    const value: unknown = await Reflect.apply(member, target, args);
    if (method !== "takeLease") return { id, value };
    const taken = value as { held: boolean; lease?: Lease };
    if (taken.lease === undefined) return { id, value };
    leases.set(id, taken.lease);
    return { id, value: { ...taken, lease: undefined }, lease: id };
  } catch (thrown) {
    const facts = thrown instanceof CairnError ? { code: thrown.code, kind: thrown.kind } : undefined;
    return { id, error: { message: messageOf(thrown), facts } };
  }
}

async function reply(call: ChildCall): Promise<void> {
  process.send?.(await answer(call));
}

process.on("message", (call: ChildCall) => void reply(call));
process.on("disconnect", () => process.exit(0));
