import { z } from 'zod';
import { int } from '#libs/config';

export const ingestConfigSchema = z.object({
  MIRANTE_IMPORT_CONCURRENCY: int({ min: 1, max: 16 }).default(2).describe('imports one process runs at once'),
  MIRANTE_IMPORT_LEASE_SECONDS: int({ min: 2, max: 600 })
    .default(15)
    .describe('after this time without a sign of life an import is taken over by another process'),
  MIRANTE_ARCHIVE_RETENTION_HOURS: int({ min: 1 })
    .default(24)
    .describe('how long an uploaded file is kept that no import needs any more'),
});
export type IngestConfig = z.infer<typeof ingestConfigSchema>;
