import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '#libs/config';
import { S3_KEYS, startS3Simulator, type S3Simulator } from '../../../test/simulators/index.js';
import { openBlobStore, type BlobsConfig, type BlobStore } from '../src/index.js';

/** A kind of store, empty, as a test needs it. */
export interface StoreUnderTest {
  open(area?: string): Promise<BlobStore>;
  /** Names of all that lies in it, whole or not. */
  names(): Promise<string[]>;
  /** As if a file of the area `files` had been stored earlier. */
  age(ref: string, ms: number): Promise<void>;
  close(): Promise<void>;
}

const NOTHING = { MIRANTE_BLOB_MIN_FREE_BYTES: 0, MIRANTE_BLOB_S3_REGION: 'us-east-1' };

export async function folderStore(): Promise<StoreUnderTest> {
  const dir = await mkdtemp(join(tmpdir(), 'blobs-'));
  return {
    open: (area = 'files') => openBlobStore({ ...NOTHING, MIRANTE_BLOB_DIR: dir }, area),
    names: async () => {
      const entries = await readdir(dir, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    },
    age: async (ref, ms) => {
      const at = new Date(Date.now() - ms);
      await utimes(join(dir, 'files', ref.slice(0, 2), ref), at, at);
    },
    close: () => rm(dir, { recursive: true, force: true }),
  };
}

export function s3Config(url: string): BlobsConfig {
  return {
    ...NOTHING,
    MIRANTE_BLOB_URL: 's3://bucket/some/prefix',
    MIRANTE_BLOB_S3_ENDPOINT: url,
    MIRANTE_BLOB_S3_ACCESS_KEY_ID: S3_KEYS.accessKeyId,
    MIRANTE_BLOB_S3_SECRET_ACCESS_KEY: new Secret(S3_KEYS.secretAccessKey),
  };
}

export async function s3Store(): Promise<StoreUnderTest & { simulator: S3Simulator }> {
  const simulator = await startS3Simulator({ pageSize: 2 });
  return {
    simulator,
    open: (area = 'files') => openBlobStore(s3Config(simulator.url), area),
    names: async () =>
      [...simulator.bucket.objects.keys(), ...simulator.bucket.uploads.keys()].map((key) => key.split('/').at(-1)!),
    age: async (ref, ms) => {
      const [, object] = [...simulator.bucket.objects].find(([key]) => key.endsWith(ref))!;
      object.storedAt = new Date(Date.now() - ms);
    },
    close: () => simulator.close(),
  };
}
