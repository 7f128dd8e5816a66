import { z } from 'zod';
import { bool } from '#libs/config';

/** Variables that let faults be switched on. */
export const faultsConfigSchema = z.object({
  MIRANTE_FAULTS_ENABLED: bool()
    .default(false)
    .describe('faults can be switched on at the internal port, to see alerts arrive; never for real data'),
  MIRANTE_FAULTS: z
    .string()
    .default('')
    .describe('faults that are on from the start, such as slow-route=/api/v1/posts,log-flood'),
});
export type FaultsConfig = z.infer<typeof faultsConfigSchema>;
