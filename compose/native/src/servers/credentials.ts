import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A random password without characters that would need quoting in SQL, URLs or configuration files. */
export function randomPassword(): string {
  return randomBytes(24).toString('hex');
}

/** Reads a private JSON file, or creates it (mode 0600) the first time: data keeps the credentials it was made with. */
export function keptOnce<T>(file: string, create: () => T): T {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T;
  const value = create();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  return value;
}
