import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobNotFoundError, BlobTooLargeError, type BlobStore } from '../src/index.js';
import { folderStore, s3Store, type StoreUnderTest } from './stores.js';

async function* chunks(...parts: (string | Buffer)[]) {
  for (const part of parts) yield Buffer.from(part);
}

function* pieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* slowly(bytes: Buffer, size: number) {
  yield* pieces(bytes, size);
}

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

describe.each([
  ['a folder', folderStore],
  ['a bucket', s3Store],
])('BlobStore in %s', (_where, start: () => Promise<StoreUnderTest>) => {
  let place: StoreUnderTest;
  let sut: BlobStore;

  beforeEach(async () => {
    place = await start();
    sut = await place.open();
  });

  afterEach(() => place.close());

  it('should store equal content once, under its hash', async () => {
    const first = await sut.put(chunks('ab', 'c'), { maxBytes: 10 });
    const second = await sut.put(chunks('abc'), { maxBytes: 10 });
    expect(first).toEqual({ ref: sha256('abc'), sha256: second.sha256, bytes: 3, crc32: crc32('abc') });
    expect(await place.names()).toEqual([first.ref]);
    expect(await sut.stat(first.ref)).toEqual({ bytes: 3, storedAt: expect.any(Date) });
  });

  it.each([0, 1, 8 * 1024 ** 2 - 1, 8 * 1024 ** 2, 8 * 1024 ** 2 + 1, 35_000_001])(
    'should give back %i bytes as they came',
    async (length) => {
      const bytes = randomBytes(length);
      const { ref, ...marks } = await sut.put(slowly(bytes, 100_003), { maxBytes: 2 ** 30 });
      expect(marks).toEqual({ sha256: sha256(bytes), bytes: length, crc32: crc32(bytes) });
      expect((await buffer(sut.open(ref))).equals(bytes)).toBe(true);
      expect(await place.names()).toEqual([ref]);
    },
  );

  it('should read ranges', async () => {
    const { ref } = await sut.put(chunks('0123456789'), { maxBytes: 10 });
    const read = async (range: { start?: number; end?: number }) => (await buffer(sut.open(ref, range))).toString();
    expect(await read({ start: 7 })).toBe('789');
    expect(await read({ start: 2, end: 5 })).toBe('234');
    expect(await read({ end: 1 })).toBe('0');
    expect(await read({ start: 8, end: 100 })).toBe('89');
  });

  it('should lend a file to programs that want one', async () => {
    const { ref } = await sut.put(chunks('abc'), { maxBytes: 10 });
    expect(await sut.withLocalFile(ref, (path) => readFile(path, 'utf8'))).toBe('abc');
    const path = await sut.withLocalFile(ref, async (lent) => lent);
    if (!sut.isLocal) await expect(stat(path)).rejects.toThrow('ENOENT');
    await expect(sut.withLocalFile(sha256('absent'), async () => 1)).rejects.toThrow(BlobNotFoundError);
  });

  it.each([3, 20_000_000])('should leave nothing of a body that is too large, of %i bytes', async (length) => {
    const body = slowly(randomBytes(length), 1_000_000);
    await expect(sut.put(body, { maxBytes: length - 1 })).rejects.toThrow(BlobTooLargeError);
    expect(await place.names()).toEqual([]);
  });

  it.each([3, 20_000_000])('should leave nothing of a body that breaks off after %i bytes', async (length) => {
    async function* broken() {
      yield* pieces(randomBytes(length), 1_000_000);
      throw new Error('client went away');
    }
    await expect(sut.put(broken(), { maxBytes: 2 ** 30 })).rejects.toThrow('client went away');
    expect(await place.names()).toEqual([]);
  });

  it.each(['../../etc/passwd', '', 'A'.repeat(64)])('should not look for the reference %j', async (ref) => {
    await expect(sut.stat(ref)).rejects.toThrow(BlobNotFoundError);
  });

  it('should tell of a file that is not there, and forget one twice', async () => {
    const { ref } = await sut.put(chunks('abc'), { maxBytes: 10 });
    await sut.remove(ref);
    await sut.remove(ref);
    await expect(sut.stat(ref)).rejects.toThrow(BlobNotFoundError);
    await expect(buffer(sut.open(ref))).rejects.toThrow();
  });

  it('should list files by age, and keep areas apart', async () => {
    const stored = [];
    for (const text of ['a', 'b', 'c', 'd', 'e']) stored.push((await sut.put(chunks(text), { maxBytes: 10 })).ref);
    const listed = async (store: BlobStore, ageMs: number) => {
      const refs: string[] = [];
      for await (const one of store.olderThan(ageMs, Date.now() + 1_000)) refs.push(one);
      return refs.sort();
    };
    expect(await listed(sut, 500)).toEqual(stored.sort());
    expect(await listed(sut, 60_000)).toEqual([]);
    const other = await place.open('others');
    expect(await listed(other, 0)).toEqual([]);
    await expect(other.stat(stored[0]!)).rejects.toThrow(BlobNotFoundError);
  });

  it('should remove what is old and not needed, and nothing that is stored again meanwhile', async () => {
    const store = async (text: string) => (await sut.put(chunks(text), { maxBytes: 20 })).ref;
    const [needed, unneeded, wanted] = [await store('needed'), await store('unneeded'), await store('wanted')];
    for (const ref of [needed, unneeded, wanted]) await place.age(ref, 10_000);
    const young = await store('young');
    const asked: string[] = [];
    const removed = await sut.removeUnused(5_000, async (refs) => {
      asked.push(...refs);
      await store('wanted');
      return new Set([needed]);
    });
    expect(asked.sort()).toEqual([needed, unneeded, wanted].sort());
    expect(removed).toBe(1);
    for (const ref of [needed, wanted, young]) expect(await sut.stat(ref)).toBeDefined();
    await expect(sut.stat(unneeded)).rejects.toThrow(BlobNotFoundError);
  });

  it('should sweep only what a dead upload left behind', async () => {
    const kept = await sut.put(chunks('abc'), { maxBytes: 6 });
    const bytes = randomBytes(20_000_000);
    const stuck = sut.put(
      (async function* () {
        yield* pieces(bytes, 1_000_000);
        expect(await sut.sweepTemporary()).toBe(0);
        expect(await sut.sweepTemporary(Date.now() + 25 * 3_600_000)).toBe(1);
      })(),
      { maxBytes: 2 ** 30 },
    );
    await expect(stuck).rejects.toThrow();
    expect(await place.names()).toEqual([kept.ref]);
  });
});
