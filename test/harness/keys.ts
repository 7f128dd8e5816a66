import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repoRoot } from '../../compose/native/src/repo.js';
import type { Stack } from './stack.js';

const run = promisify(execFile);

/** Runs the operator's command on a stack. Rejects with what it printed when it fails. */
export async function keysCommand(stack: Stack, ...args: string[]): Promise<string> {
  const script = join(repoRoot, 'dist/services/gateway/src/keys/keys.cli.js');
  const { stdout } = await run(process.execPath, [script, ...args], {
    env: { PATH: process.env['PATH'], ...stack.envOf('gateway') },
  });
  return stdout.trim();
}

/** @returns a new key, as a caller shows it */
export function createKey(stack: Stack, tenant: string, scopes: string, ...more: string[]): Promise<string> {
  return keysCommand(stack, 'create', '--tenant', tenant, '--scopes', scopes, ...more);
}

export function bearer(key: string): { authorization: string } {
  return { authorization: `Bearer ${key}` };
}

/** The part of a key that is no secret. */
export function idOfKey(key: string): string {
  return key.split('_')[1]!;
}
