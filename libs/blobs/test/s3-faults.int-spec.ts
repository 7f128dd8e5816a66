import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '#libs/config';
import { S3_FAULTS } from '../../../test/simulators/index.js';
import { BlobsUnavailableError, DiskFullError, openBlobStore, type BlobStore, type PartialFile } from '../src/index.js';
import { s3Config, s3Store } from './stores.js';

const ID = 'fedcba98-7654-4321-8fed-cba987654321';

async function* inChunks(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 1_000_003) yield bytes.subarray(at, at + 1_000_003);
}

describe('a bucket that fails', () => {
  let place: Awaited<ReturnType<typeof s3Store>>;
  let sut: BlobStore;
  const bytes = randomBytes(30_000_000);

  beforeEach(async () => {
    place = await s3Store();
    sut = await place.open();
  });

  afterEach(() => place.close());

  it.each(S3_FAULTS)('should bear %s now and then', async (fault) => {
    const { simulator } = place;
    for (const operation of ['CreateMultipartUpload', 'UploadPart', 'CopyObject', 'PutObject', 'GetObject']) {
      simulator.fail({ fault, operation });
    }
    const { ref } = await sut.put(inChunks(bytes), { maxBytes: 2 ** 30 });
    expect((await buffer(sut.open(ref))).equals(bytes)).toBe(true);
  });

  it('should keep what the server has of a piece when it goes away', async () => {
    const file: PartialFile = { id: ID, bytes: bytes.length, handle: await sut.partials.begin(ID, bytes.length) };
    place.simulator.fail({ fault: 'internal', operation: 'UploadPart', after: 2, times: 10 });
    await expect(sut.partials.append(file, 0, inChunks(bytes))).rejects.toThrow(BlobsUnavailableError);
    place.simulator.forgive();
    const stored = await sut.partials.size(file);
    expect(stored).toBeLessThanOrEqual(16 * 1024 ** 2);
    await sut.partials.append(file, stored, inChunks(bytes.subarray(stored)));
    const marks = await sut.partials.seal(file);
    const { ref } = await sut.partials.publish(file, marks);
    expect((await buffer(sut.open(ref))).equals(bytes)).toBe(true);
  });

  it('should refuse what there is no room for, and go on when there is', async () => {
    const file: PartialFile = { id: ID, bytes: bytes.length, handle: await sut.partials.begin(ID, bytes.length) };
    place.simulator.bucket.capacity = 20_000_000;
    await expect(sut.partials.append(file, 0, inChunks(bytes))).rejects.toThrow(DiskFullError);
    await expect(sut.put(inChunks(bytes), { maxBytes: 2 ** 30 })).rejects.toThrow(DiskFullError);
    place.simulator.bucket.capacity = Infinity;
    const stored = await sut.partials.size(file);
    await sut.partials.append(file, stored, inChunks(bytes.subarray(stored)));
    expect((await sut.partials.seal(file)).bytes).toBe(bytes.length);
  });

  it('should tell a refused signature from a missing file', async () => {
    const config = { ...s3Config(place.simulator.url), MIRANTE_BLOB_S3_SECRET_ACCESS_KEY: new Secret('wrong') };
    const stranger = await openBlobStore(config, 'files');
    await expect(stranger.stat('0'.repeat(64))).rejects.toThrow(BlobsUnavailableError);
  });
});
