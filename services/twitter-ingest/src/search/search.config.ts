import { z } from 'zod';
import { secret, url } from '#libs/config';

export const searchConfigSchema = z.object({
  MIRANTE_ELASTICSEARCH_URL: url('http', 'https')
    .optional()
    .describe(
      'where posts are indexed for full-text search, with user and password where there is no API key; without it a full-text index of the database is used',
    ),
  MIRANTE_ELASTICSEARCH_API_KEY: secret().optional().describe('encoded API key for the index mirante-posts'),
});
