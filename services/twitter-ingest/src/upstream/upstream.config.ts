import { z } from 'zod';
import { bool } from '#libs/config';
import { MICRO } from './prices.domain.js';

const DOLLARS = /^\d{1,7}(\.\d{1,6})?$/;
const ALLOWED = 'expected an amount in US dollars such as 25 or 2.50';

/** What asking X may cost. */
export const upstreamConfigSchema = z.object({
  MIRANTE_X_DAILY_BUDGET_USD: z
    .string(ALLOWED)
    .regex(DOLLARS, ALLOWED)
    .default('25')
    .transform((text) => Math.round(Number(text) * MICRO))
    .describe('most that all captures together may spend at X per UTC day; read as millionths of a dollar'),
  MIRANTE_X_AUTHORS_BILLED: bool()
    .default(true)
    .describe('count users that come beside posts as billed; X does not say whether it does'),
});
export type UpstreamConfig = z.infer<typeof upstreamConfigSchema>;
