import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** When a log file is full or old, and how much of the past is kept. */
export interface RotationPolicy {
  /** Size in bytes at which a file is put aside. */
  maxFileBytes: number;
  /** Age in milliseconds at which a file is put aside. */
  maxFileAgeMs: number;
  /** Most files that are kept beside the current one. */
  maxFiles: number;
  /** Most bytes that the kept files may take together. */
  maxTotalBytes: number;
}

export const DEFAULT_ROTATION: RotationPolicy = {
  maxFileBytes: 50 * 1024 * 1024,
  maxFileAgeMs: 24 * 60 * 60 * 1000,
  maxFiles: 10,
  maxTotalBytes: 400 * 1024 * 1024,
};

/** Name under which a full file is kept: sorts by time, and still matches `*.ndjson*`. */
export function rotatedPath(path: string, nowMs: number, attempt: number): string {
  const time = new Date(nowMs).toISOString().replace(/[-:]/g, '');
  return `${path}.${time}${attempt === 0 ? '' : `-${String(attempt).padStart(3, '0')}`}`;
}

/** Deletes the oldest kept files of `path` until the rest is within the policy. */
export function pruneRotated(path: string, policy: RotationPolicy): void {
  const prefix = `${basename(path)}.`;
  const dir = dirname(path);
  const newestFirst = readdirSync(dir)
    .filter((name) => name.startsWith(prefix) && /^\d{8}T\d{6}\.\d{3}Z(-\d{3})?$/.test(name.slice(prefix.length)))
    .sort()
    .reverse();
  let total = 0;
  newestFirst.forEach((name, index) => {
    const file = join(dir, name);
    total += statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (index >= policy.maxFiles || total > policy.maxTotalBytes) rmSync(file, { force: true });
  });
}
