import { createHash } from 'node:crypto';
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** A file that is large enough to be told from others. */
export interface SeenFile {
  path: string;
  size: number;
  inode: number;
}

/**
 * Lists files as Filebeat's scanner does with `file_identity.fingerprint`: a file is known by the hash of its first `length`
 * bytes, one that is smaller is left alone, symbolic links are not followed, and of two files with the same hash one is left alone.
 */
export function scanFiles(dir: string, length: number): Map<string, SeenFile> {
  const seen = new Map<string, SeenFile>();
  for (const name of readdirSync(dir).sort()) {
    // As the glob `*.ndjson*` with `exclude_files: ['\.lock$']`.
    if (!name.includes('.ndjson') || name.endsWith('.lock')) continue;
    const path = join(dir, name);
    if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) continue;
    const file = fingerprintOf(path, length);
    if (file && !seen.has(file.fingerprint)) seen.set(file.fingerprint, { path, size: file.size, inode: file.inode });
  }
  return seen;
}

function fingerprintOf(path: string, length: number): { fingerprint: string; size: number; inode: number } | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    // It was renamed between the listing and now: the next scan finds it under its new name.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const head = Buffer.alloc(length);
    if (readSync(descriptor, head, 0, length, 0) < length) return undefined;
    const { size, ino: inode } = fstatSync(descriptor);
    return { fingerprint: createHash('sha256').update(head).digest('hex'), size, inode };
  } finally {
    closeSync(descriptor);
  }
}
