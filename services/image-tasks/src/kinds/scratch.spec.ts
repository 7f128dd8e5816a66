import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeScratch, removeScratchOfTheDead } from './scratch.js';

/** Above every limit Linux has for process ids. */
const NOBODY = 2 ** 22 + 1;

describe(removeScratchOfTheDead.name, () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'scratch-spec-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const folder = (name: string) => mkdirSync(join(dir, name, 'inside'), { recursive: true });

  it('should remove what processes left that are gone, and nothing else', () => {
    const own = basename(makeScratch(dir));
    for (const name of [`mirante-images-${NOBODY}-abc`, 'mirante-images-abc', 'mirante-blob-1']) folder(name);
    removeScratchOfTheDead(dir);
    expect(readdirSync(dir).sort()).toEqual([own, 'mirante-blob-1', 'mirante-images-abc'].sort());
  });

  it('should go on where a folder belongs to somebody else', () => {
    for (const name of ['a', 'b']) folder(`mirante-images-${NOBODY}-${name}`);
    const refused: string[] = [];
    removeScratchOfTheDead(dir, (path) => {
      refused.push(basename(String(path)));
      throw Object.assign(new Error('operation not permitted'), { code: 'EPERM' });
    });
    expect(refused).toHaveLength(2);
  });
});
