import { z } from 'zod';
import { int } from '#libs/config';

/** Variables every process that stores files reads. */
export const blobsConfigSchema = z.object({
  MIRANTE_BLOB_DIR: z.string().describe('folder that every service on this machine shares'),
  MIRANTE_BLOB_MIN_FREE_BYTES: int()
    .default(512 * 1024 * 1024)
    .describe('uploads are refused when less than this would stay free on the disk'),
});
export type BlobsConfig = z.infer<typeof blobsConfigSchema>;
