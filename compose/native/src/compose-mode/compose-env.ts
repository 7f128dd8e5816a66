import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomPassword } from '../servers/credentials.js';

/** Some of them become part of an address. */
const SAFE = /^[A-Za-z0-9._~-]+$/;

export interface ComposeSecrets {
  readonly values: Readonly<Record<string, string>>;
  /** There was no file: all of them are new. */
  readonly isFresh: boolean;
  /** Writes the file where something was added. Only the owner may read it. */
  save(): void;
}

/** Reads the secrets, and makes those that are missing; what is there is never changed. */
export function loadComposeSecrets(file: string, required: readonly string[]): ComposeSecrets {
  const known = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : undefined;
  const values = { ...known };
  for (const name of required) values[name] ||= randomPassword();
  for (const name of required) {
    if (!SAFE.test(values[name]!)) {
      throw new Error(`${name} in ${file}: use letters, digits and . _ ~ - only, it becomes part of an address`);
    }
  }
  const isComplete = known !== undefined && required.every((name) => known[name]);
  return { values, isFresh: known === undefined, save: () => void (isComplete || writeEnv(file, values)) };
}

/** Lines `NAME=value`, as compose reads them; quotes around a value and a comment behind it do not belong to it. */
export function parseEnv(text: string): Record<string, string> {
  const lines = text.matchAll(
    /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=[ \t]*(?:(["'])(.*?)\2|(.*?))[ \t]*(?:[ \t]#.*)?$/gm,
  );
  return Object.fromEntries([...lines].map(([, name, , quoted, bare]) => [name!, quoted ?? bare!]));
}

function writeEnv(file: string, values: Readonly<Record<string, string>>): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.new`;
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  const head =
    '# Made by "npm run up". The volumes keep the passwords they were made with: keep this file as long as them.\n';
  writeFileSync(draft, head + lines.join(''), { mode: 0o600 });
  renameSync(draft, file);
}
