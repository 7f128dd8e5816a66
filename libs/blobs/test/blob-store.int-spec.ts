import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobNotFoundError, BlobStore, BlobTooLargeError, DiskFullError } from '../src/index.js';

async function* chunks(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}

async function files(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

describe(BlobStore.name, () => {
  let dir: string;
  let sut: BlobStore;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'blobs-'));
    sut = new BlobStore({ MIRANTE_BLOB_DIR: dir, MIRANTE_BLOB_MIN_FREE_BYTES: 0 }, 'files');
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('should store equal content once, under its hash', async () => {
    const first = await sut.put(chunks('ab', 'c'), { maxBytes: 10 });
    const second = await sut.put(chunks('abc'), { maxBytes: 10 });
    expect(first).toEqual({ ref: createHash('sha256').update('abc').digest('hex'), sha256: second.sha256, bytes: 3 });
    expect(await files(dir)).toEqual([first.ref]);
    expect((await buffer(sut.open(first.ref, { start: 1 }))).toString()).toBe('bc');
    expect(await sut.stat(first.ref)).toEqual({ bytes: 3 });
  });

  it('should leave nothing of a body that is too large', async () => {
    await expect(sut.put(chunks('abc', 'defg'), { maxBytes: 6 })).rejects.toThrow(BlobTooLargeError);
    expect(await files(dir)).toEqual([]);
  });

  it('should leave nothing of a body that breaks off', async () => {
    async function* broken() {
      yield Buffer.from('abc');
      throw new Error('client went away');
    }
    await expect(sut.put(broken(), { maxBytes: 6 })).rejects.toThrow('client went away');
    expect(await files(dir)).toEqual([]);
  });

  it('should refuse an upload when the disk is nearly full', async () => {
    const full = new BlobStore(
      { MIRANTE_BLOB_DIR: dir, MIRANTE_BLOB_MIN_FREE_BYTES: Number.MAX_SAFE_INTEGER },
      'files',
    );
    await expect(full.put(chunks('abc'), { maxBytes: 6 })).rejects.toThrow(DiskFullError);
    expect(await files(dir)).toEqual([]);
  });

  it.each(['../../etc/passwd', '', 'A'.repeat(64)])('should not look for the reference %j', async (ref) => {
    await expect(sut.stat(ref)).rejects.toThrow(BlobNotFoundError);
  });

  it('should list files by age, and keep areas apart', async () => {
    const { ref } = await sut.put(chunks('abc'), { maxBytes: 10 });
    const listed = async (store: BlobStore, ageMs: number) => {
      const refs: string[] = [];
      for await (const one of store.olderThan(ageMs, Date.now() + 1_000)) refs.push(one);
      return refs;
    };
    expect(await listed(sut, 500)).toEqual([ref]);
    expect(await listed(sut, 60_000)).toEqual([]);
    const other = new BlobStore({ MIRANTE_BLOB_DIR: dir, MIRANTE_BLOB_MIN_FREE_BYTES: 0 }, 'others');
    expect(await listed(other, 0)).toEqual([]);
    await expect(other.stat(ref)).rejects.toThrow(BlobNotFoundError);
  });

  it('should sweep only what a dead upload left behind', async () => {
    const kept = await sut.put(chunks('abc'), { maxBytes: 6 });
    const stuck = sut.put(
      (async function* () {
        yield Buffer.from('x');
        expect(await sut.sweepTemporary()).toBe(0);
        expect(await sut.sweepTemporary(Date.now() + 25 * 3_600_000)).toBe(1);
      })(),
      { maxBytes: 6 },
    );
    await expect(stuck).rejects.toThrow();
    expect(await files(dir)).toEqual([kept.ref]);
  });
});
