import { z } from 'zod';
import { bool } from '#libs/config';

/** How X is captured, beyond how it is reached. */
export const xDriverConfigSchema = z.object({
  MIRANTE_X_STREAM: bool()
    .default(false)
    .describe('follow tags over the filtered stream of X; new posts arrive within seconds'),
  MIRANTE_X_FULL_ARCHIVE: bool()
    .default(false)
    .describe('posts older than 7 days may be searched; the account needs access to the full archive'),
});
export type XDriverConfig = z.infer<typeof xDriverConfigSchema>;
