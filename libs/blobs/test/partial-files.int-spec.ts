import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BlobNotFoundError,
  BlobTooLargeError,
  OffsetConflictError,
  PartialUnfinishedError,
  type BlobStore,
  type PartialFile,
} from '../src/index.js';
import { folderStore, s3Store, type StoreUnderTest } from './stores.js';

const ID = '01234567-89ab-4cde-8f01-23456789abcd';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function* inChunks(bytes: Buffer, size = 1_000_003) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* breakingOff(bytes: Buffer) {
  yield* inChunks(bytes);
  throw new Error('client went away');
}

describe.each([
  ['a folder', folderStore],
  ['a bucket', s3Store],
])('PartialFiles in %s', (_where, start: () => Promise<StoreUnderTest>) => {
  let place: StoreUnderTest;
  let store: BlobStore;

  beforeEach(async () => {
    place = await start();
    store = await place.open();
  });

  afterEach(() => place.close());

  const begin = async (bytes: number): Promise<PartialFile> => ({
    id: ID,
    bytes,
    handle: await store.partials.begin(ID, bytes),
  });

  it.each([0, 5, 8 * 1024 ** 2, 35_000_001])('should make a file of %i bytes of pieces', async (length) => {
    const sut = store.partials;
    const bytes = randomBytes(length);
    const file = await begin(length);
    for (const end of [Math.floor(length / 7), Math.floor(length / 3), Math.floor(length / 1.4), length]) {
      const stored = await sut.size(file);
      expect(await sut.append(file, stored, inChunks(bytes.subarray(stored, end)))).toBe(end);
    }
    const marks = await sut.seal(file);
    expect(marks).toEqual({ sha256: sha256(bytes), crc32: crc32(bytes), bytes: length });
    expect(await sut.publish(file, marks)).toEqual({ ref: marks.sha256, ...marks });
    expect((await buffer(store.open(marks.sha256))).equals(bytes)).toBe(true);
    await sut.discard(file);
    expect(await place.names()).toEqual([marks.sha256]);
  });

  it('should go on in another process, after a break', async () => {
    const bytes = randomBytes(30_000_000);
    const file = await begin(bytes.length);
    await expect(store.partials.append(file, 0, breakingOff(bytes.subarray(0, 19_000_000)))).rejects.toThrow('away');
    const { partials: sut } = await place.open();
    expect(await sut.size(file)).toBe(19_000_000);
    await sut.append(file, 19_000_000, inChunks(bytes.subarray(19_000_000)));
    expect(await sut.seal(file)).toEqual({ sha256: sha256(bytes), crc32: crc32(bytes), bytes: bytes.length });
    const third = await place.open();
    expect(await third.partials.seal(file)).toMatchObject({ sha256: sha256(bytes) });
  });

  it('should refuse a piece that does not fit to what is stored', async () => {
    const sut = store.partials;
    const file = await begin(10);
    await sut.append(file, 0, inChunks(Buffer.from('01234')));
    await expect(sut.append(file, 4, inChunks(Buffer.from('45678')))).rejects.toThrow(OffsetConflictError);
    await expect(sut.append(file, 5, inChunks(Buffer.from('56789X')))).rejects.toThrow(BlobTooLargeError);
    await expect(sut.seal(file)).rejects.toThrow(PartialUnfinishedError);
    expect(await sut.size(file)).toBe(5);
  });

  it('should stop when the writer has lost the file', async () => {
    const file = await begin(20_000_000);
    let asked = 0;
    const lost = () => {
      if (asked++ > 3) throw new Error('lost');
    };
    await expect(store.partials.append(file, 0, inChunks(randomBytes(20_000_000)), lost)).rejects.toThrow('lost');
    expect(await store.partials.size(file)).toBeLessThan(5_000_000);
  });

  it('should publish again what the store has removed', async () => {
    const sut = store.partials;
    const file = await begin(3);
    await sut.append(file, 0, inChunks(Buffer.from('abc')));
    const marks = await sut.seal(file);
    await sut.publish(file, marks);
    await sut.publish(file, marks);
    await store.remove(marks.sha256);
    await sut.publish(file, marks);
    expect((await buffer(store.open(marks.sha256))).toString()).toBe('abc');
    const listed: string[] = [];
    for await (const ref of store.olderThan(-1)) listed.push(ref);
    expect(listed).toEqual([marks.sha256]);
  });

  it('should list what is left, and forget it twice', async () => {
    const file = await begin(20_000_000);
    await store.partials.append(file, 0, inChunks(randomBytes(9_000_000)));
    await store.sweepTemporary(Date.now() + 1e12);
    const left = new Set<string>();
    for await (const { id, ageMs } of store.partials.list(Date.now() + 60_000)) {
      expect(ageMs).toBeGreaterThan(30_000);
      left.add(id);
    }
    expect([...left]).toEqual([ID]);
    await store.partials.discard(file);
    await store.partials.discard(file);
    expect(await place.names()).toEqual([]);
    await expect(store.partials.size(file)).rejects.toThrow(BlobNotFoundError);
  });

  it.each(['../34567-89ab-4cde-8f01-23456789abcd', '', 'x'])('should not look for the id %j', async (id) => {
    await expect(store.partials.size({ id, handle: 'x', bytes: 1 })).rejects.toThrow(BlobNotFoundError);
  });
});
