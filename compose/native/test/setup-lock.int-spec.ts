import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withSetupLock as sut } from '../setup-lock.mjs';

describe('withSetupLock', () => {
  let dir: string;
  let file: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'mirante-lock-'));
    file = join(dir, 'setup.lock');
  });

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('should let one step run after the other', async () => {
    const steps: string[] = [];
    const step = (name: string) => async () => {
      steps.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      steps.push(`${name} ends`);
    };
    await Promise.all([sut(file, step('a')), sut(file, step('b'))]);
    expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(existsSync(file)).toBe(false);
  });

  it('should not wait for a process that is gone', async () => {
    const gone = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();
    writeFileSync(file, gone);
    expect(await sut(file, () => Promise.resolve('done'))).toBe('done');
  });

  it('should be free again after a failure', async () => {
    await expect(sut(file, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(existsSync(file)).toBe(false);
  });
});
