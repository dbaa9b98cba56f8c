import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { errnoOf } from "./errors.ts";
import type { LeaseHolder } from "./store.ts";

/** What tells one process from all others, on this host and elsewhere. */
export type ProcessFacts = Pick<LeaseHolder, "host" | "pid" | "pidStart" | "bootId" | "pidNamespace">;

/** The 22nd field of /proc/PID/stat is the start time; the command's name, the 2nd, may have spaces and ends with the last parenthesis. */
const START_TIME_AFTER_NAME = 19;

function textOf(read: () => string): string {
  try {
    return read().trim();
  } catch (thrown) {
    // No such process, or no /proc: the system does not say.
    if (errnoOf(thrown) !== undefined) return "";
    throw thrown;
  }
}

/**
 * When a process started, in clock ticks since boot; empty where there is no such process, where it is dead and only
 * waits to be fetched by its parent, or where the system does not say.
 */
export function processStart(pid: number): string {
  const stat = textOf(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? "" : (fields[START_TIME_AFTER_NAME] ?? "");
}

/** The facts of this process, as a lease notes them. */
export function processFacts(): ProcessFacts {
  return {
    host: hostname(),
    pid: process.pid,
    pidStart: processStart(process.pid),
    bootId: textOf(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1")),
    pidNamespace: textOf(() => readlinkSync("/proc/self/ns/pid")),
  };
}

/**
 * Whether a process, such as a lease's holder, is surely dead: a process of this boot of this host and of our pid namespace (another
 * one's pids mean other processes) that is gone, or whose pid is another's by now.
 */
export function holderIsGone(holder: ProcessFacts): boolean {
  const here = processFacts();
  if (here.bootId === "" || here.pidNamespace === "" || holder.pidStart === "") return false;
  const sameMachine =
    holder.host === here.host && holder.bootId === here.bootId && holder.pidNamespace === here.pidNamespace;
  return sameMachine && processStart(holder.pid) !== holder.pidStart;
}
