import { z } from 'zod';

export const blobsConfigSchema = z.object({
  MIRANTE_BLOB_DIR: z.string().describe('folder that every service on this machine shares'),
  MIRANTE_BLOB_MIN_FREE_BYTES: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(512 * 1024 * 1024)
    .describe('uploads are refused when less than this would stay free on the disk'),
});
export type BlobsConfig = z.infer<typeof blobsConfigSchema>;
