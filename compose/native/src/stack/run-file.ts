import { rmSync } from 'node:fs';
import { isSameProcess, processStat } from '../servers/proc.js';
import { readJson, writeJson } from './json-file.js';
import { paths } from './paths.js';

/** A process for good: a later one with the same pid has another start time. */
export interface ProcessId {
  readonly pid: number;
  /** Field 22 of `/proc/PID/stat`. */
  readonly startTime: number;
}

export type PartState = 'waiting' | 'starting' | 'ready' | 'restarting' | 'failed' | 'stopping' | 'stopped';

export interface PartRecord {
  readonly name: string;
  readonly state: PartState;
  readonly port: number;
  /** The part and its helpers; the part itself is the last. */
  readonly processes: readonly ProcessId[];
  readonly restarts: number;
  /** Since when it is in this state, ISO 8601. */
  readonly since: string;
  /** Why it is not ready. */
  readonly problem?: string;
}

export type Phase = 'starting' | 'running' | 'stopping' | 'failed';

/** What `.mirante/run.json` says; only the supervisor writes it. */
export interface RunRecord {
  readonly phase: Phase;
  readonly supervisor: ProcessId;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly publicUrl: string;
  readonly parts: readonly PartRecord[];
  /** Why the start failed. */
  readonly error?: string;
}

export function processId(pid: number): ProcessId {
  return { pid, startTime: processStat(pid)?.startTime ?? 0 };
}

export function isAlive({ pid, startTime }: ProcessId): boolean {
  return isSameProcess(pid, startTime);
}

export function readRun(): RunRecord | undefined {
  return readJson<RunRecord>(paths.run);
}

export function writeRun(record: RunRecord): void {
  writeJson(paths.run, record);
}

export function forgetRun(): void {
  rmSync(paths.run, { force: true });
}

/** The run whose supervisor is alive, if any. */
export function liveRun(): RunRecord | undefined {
  const run = readRun();
  return run && isAlive(run.supervisor) ? run : undefined;
}

/** Processes of a run that are still there, those that were started last first. */
export function livingProcesses(run: RunRecord): ProcessId[] {
  return run.parts
    .flatMap((part) => part.processes)
    .filter(isAlive)
    .reverse();
}
