import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel says about a process, from `/proc/PID/stat` (proc_pid_stat(5)). */
export interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  /** Clock ticks between boot and the start of the process: with the pid it names a process for good. */
  readonly startTime: number;
}

/** Reads one process, or nothing when there is none. */
export function processStat(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Parses `/proc/PID/stat`; the program name in brackets may itself hold blanks and brackets. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0]!,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    startTime: Number(fields[19]),
  };
}

/** Tells whether this very process (not a later one with the same pid) runs; a zombie does not. */
export function isSameProcess(pid: number, startTime: number): boolean {
  const stat = processStat(pid);
  return stat !== undefined && stat.startTime === startTime && stat.state !== 'Z';
}

/** Living members of a process group. */
export function groupMembers(group: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const stat = processStat(pid);
      return stat?.group === group && stat.state !== 'Z';
    });
}
