import { z } from 'zod';
import { int, secret, url } from '#libs/config';

/** Variables every process that stores files reads. */
export const blobsConfigSchema = z
  .object({
    MIRANTE_BLOB_DIR: z.string().optional().describe('folder that every service on this machine shares'),
    MIRANTE_BLOB_MIN_FREE_BYTES: int()
      .default(512 * 1024 * 1024)
      .describe('uploads are refused when less than this would stay free on the disk'),
    MIRANTE_BLOB_URL: url('s3')
      .optional()
      .describe('s3://bucket or s3://bucket/prefix: files lie there and not in a folder'),
    MIRANTE_BLOB_S3_ENDPOINT: url('http', 'https').optional().describe('address of an S3 server that is not Amazon'),
    MIRANTE_BLOB_S3_REGION: z.string().default('us-east-1'),
    MIRANTE_BLOB_S3_ACCESS_KEY_ID: z.string().optional(),
    MIRANTE_BLOB_S3_SECRET_ACCESS_KEY: secret().optional(),
  })
  .refine((config) => config.MIRANTE_BLOB_DIR !== undefined || config.MIRANTE_BLOB_URL !== undefined, {
    path: ['MIRANTE_BLOB_DIR'],
    error: 'set MIRANTE_BLOB_DIR, or MIRANTE_BLOB_URL for S3',
  });
export type BlobsConfig = z.infer<typeof blobsConfigSchema>;
