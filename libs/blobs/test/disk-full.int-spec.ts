import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { DiskFullError, FolderBlobStore, type PartialFile } from '../src/index.js';

const MIB = 1024 ** 2;
const ID = '01234567-89ab-4cde-8f01-23456789abcd';

/** A disk of 16 MiB, where the machine lets us have one. */
function smallDisk(): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', dir], { stdio: 'ignore' });
    return dir;
  } catch {
    rmSync(dir, { recursive: true });
    return undefined;
  }
}

const disk = smallDisk();

async function* inChunks(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 100_003) yield bytes.subarray(at, at + 100_003);
}

describe.skipIf(disk === undefined)('a disk that is full', () => {
  const bytes = randomBytes(20 * MIB);
  const files = async () =>
    (await readdir(disk!, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const storeWith = (minFreeBytes: number) => new FolderBlobStore({ dir: disk!, minFreeBytes }, 'files');

  beforeEach(async () => {
    for (const name of await readdir(disk!)) await rm(join(disk!, name), { recursive: true });
  });

  afterAll(() => {
    execFileSync('umount', [disk!]);
    rmSync(disk!, { recursive: true });
  });

  it('should leave nothing of a file that does not fit', async () => {
    await expect(storeWith(0).put(inChunks(bytes), { maxBytes: 2 ** 30 })).rejects.toThrow(DiskFullError);
    expect(await files()).toEqual([]);
  });

  it('should refuse before it reads what is said not to fit', async () => {
    let read = false;
    const body = (async function* () {
      read = true;
      yield bytes;
    })();
    const sut = storeWith(4 * MIB);
    await expect(sut.put(body, { maxBytes: 2 ** 30, expectedBytes: 13 * MIB })).rejects.toThrow(DiskFullError);
    expect(read).toBe(false);
    await expect(sut.partials.begin(ID, 13 * MIB)).rejects.toThrow(DiskFullError);
    await sut.partials.begin(ID, 11 * MIB);
  });

  it('should keep what fitted of a piece, whole batches only, and go on when there is room', async () => {
    const sut = storeWith(0).partials;
    const whole = bytes.subarray(0, 14 * MIB);
    const file: PartialFile = { id: ID, bytes: whole.length, handle: await sut.begin(ID, whole.length) };
    const hog = join(disk!, 'hog');
    writeFileSync(hog, Buffer.alloc(9 * MIB));
    await expect(sut.append(file, 0, inChunks(whole))).rejects.toThrow(DiskFullError);
    const stored = await sut.size(file);
    expect(stored).toBeGreaterThan(4 * MIB);
    expect(stored).toBeLessThan(7 * MIB);
    await rm(hog);
    await sut.append(file, stored, inChunks(whole.subarray(stored)));
    const marks = await sut.seal(file);
    expect(await storeWith(0).partials.seal(file)).toEqual(marks);
  });
});
