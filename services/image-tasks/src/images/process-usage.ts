import { readFileSync } from 'node:fs';

/** Length of a clock tick in /proc, in milliseconds: 100 ticks a second on every Linux. */
const TICK_MS = 10;

/** What a process uses just now. */
export interface ProcessUsage {
  rssBytes: number;
  /** Processor time since its start, in milliseconds. */
  cpuMs: number;
}

/** Undefined when the process is gone or the system is not Linux. */
export function usageOf(pid: number): ProcessUsage | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in brackets, may hold blanks; user and system time are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      rssBytes: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1_024,
      cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    };
  } catch {
    return undefined;
  }
}
