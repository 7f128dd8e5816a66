import { z } from 'zod';
import { bool, int, secret, url } from '#libs/config';

export const ingestConfigSchema = z.object({
  MIRANTE_IMPORT_CONCURRENCY: int({ min: 1, max: 16 }).default(2).describe('imports one process runs at once'),
  MIRANTE_IMPORT_LEASE_SECONDS: int({ min: 2, max: 600 })
    .default(15)
    .describe('after this time without a sign of life an import is taken over by another process'),
  MIRANTE_ARCHIVE_RETENTION_HOURS: int({ min: 1 })
    .default(24)
    .describe('how long an uploaded file is kept that no import needs any more'),
  MIRANTE_CAPTURE_CONCURRENCY: int({ min: 1, max: 64 })
    .default(4)
    .describe('steps of captures one process takes at once'),
  MIRANTE_CAPTURE_LEASE_SECONDS: int({ min: 2, max: 600 })
    .default(15)
    .describe(
      'after this time without a sign of life a part of a capture, or a stream, is taken over by another process',
    ),
  MIRANTE_CAPTURE_STEP_SECONDS: int({ min: 1, max: 600 })
    .default(60)
    .describe('a step of a capture that takes longer is given up and tried again'),
  MIRANTE_CAPTURES_PER_TENANT: int({ min: 1 }).default(200).describe('captures one tenant may have open at once'),
  MIRANTE_X_API_BASE_URL: url('http', 'https')
    .default('https://api.x.com')
    .describe('where the X API is, without the version: X itself or a simulator of it'),
  MIRANTE_X_BEARER_TOKEN: secret().optional().describe('app-only bearer token of the X API; without it X is not asked'),
  MIRANTE_X_SIMULATED: bool()
    .default(false)
    .describe('the X API is a simulator: what it gives is stored under a source of its own and marked everywhere'),
  MIRANTE_X_FIELD_SPELLING: z
    .enum(['tweet', 'post'])
    .default('tweet')
    .describe('how the fields of X are named in requests; answers are understood in both'),
});
export type IngestConfig = z.infer<typeof ingestConfigSchema>;
