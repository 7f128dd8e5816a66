import { z } from 'zod';
import { bool, int } from '#libs/config';
import { siteSchema } from '#libs/contracts';

/** Variables of visits and feedback. */
export const visitsConfigSchema = z.object({
  MIRANTE_VISITS: bool().default(true).describe('count visits'),
  MIRANTE_VISITS_OWN_SITE: siteSchema.default('mirante').describe('name the pages of the gateway are counted under'),
  MIRANTE_VISITS_SITES: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((name) => name.trim() || []))
    .pipe(z.array(siteSchema).max(500))
    .describe('host names of other sites that may report visits, separated by commas'),
  MIRANTE_VISITS_HONOUR_GPC: bool()
    .default(true)
    .describe('make no hash of who sends Sec-GPC or DNT; the hit is counted'),
  MIRANTE_VISITS_FLUSH_MS: int({ min: 10, max: 10_000 }).default(200).describe('how often visits leave the gateway'),
  MIRANTE_VISITS_MAX_VISITORS: int({ min: 1 })
    .default(100_000)
    .describe('different visitors kept while the broker is away; about 500 bytes each'),
  MIRANTE_VISITORS_MAX_STREAMS: int({ min: 1 }).default(500).describe('pages that may watch the figures at a time'),
  MIRANTE_FEEDBACK_PER_HOUR: int({ min: 1 }).default(20).describe('feedback per hour and address'),
});
export type VisitsConfig = z.infer<typeof visitsConfigSchema>;

/** Injection token of {@link VisitsConfig}. */
export const VISITS_CONFIG = Symbol('VISITS_CONFIG');
