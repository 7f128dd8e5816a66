import { S3Client } from '@aws-sdk/client-s3';
import type { BlobsConfig } from '../blobs.config.js';
import { S3Bucket } from './s3-bucket.js';
import { S3BlobStore } from './s3-blob-store.js';
import { UploadSlots } from './upload-slots.js';

/** Parts on their way to the server at the same time, of all uploads of this process: what bounds its memory. */
const PARTS_IN_FLIGHT = 8;

const slots = new UploadSlots(PARTS_IN_FLIGHT);

/** The store in the bucket that `MIRANTE_BLOB_URL` names. */
export function s3BlobStore(config: BlobsConfig, area: string): S3BlobStore {
  const { bucket, prefix } = bucketOf(config.MIRANTE_BLOB_URL!);
  const endpoint = config.MIRANTE_BLOB_S3_ENDPOINT;
  const accessKeyId = config.MIRANTE_BLOB_S3_ACCESS_KEY_ID;
  const secretAccessKey = config.MIRANTE_BLOB_S3_SECRET_ACCESS_KEY?.reveal();
  const client = new S3Client({
    region: config.MIRANTE_BLOB_S3_REGION,
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 120_000, throwOnRequestTimeout: true },
    ...(endpoint !== undefined && {
      endpoint,
      forcePathStyle: true,
      // The trailing checksums of newer clients are unknown to most servers that are not Amazon's. Bodies are signed anyway.
      requestChecksumCalculation: 'WHEN_REQUIRED' as const,
      responseChecksumValidation: 'WHEN_REQUIRED' as const,
    }),
    // Without a pair of keys the client looks where it always does: its environment, a role of the machine or of the pod.
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
  });
  return new S3BlobStore(new S3Bucket(client, bucket), slots, prefix, area);
}

function bucketOf(text: string): { bucket: string; prefix: string } {
  const { hostname, pathname } = new URL(text);
  return { bucket: hostname, prefix: pathname.replace(/^\/+|\/+$/g, '') };
}
