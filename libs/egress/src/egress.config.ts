import { z } from 'zod';
import { messageOf } from '#libs/kernel';
import { AllowList } from './allow-list.js';

/** Variables every process that calls strangers reads. */
export const egressConfigSchema = z.object({
  MIRANTE_EGRESS_ALLOW: z
    .string()
    .default('')
    .transform((text, context) => {
      try {
        return AllowList.parse(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: messageOf(error) });
        return z.NEVER;
      }
    })
    .describe('comma list of host names, addresses and blocks that may be called although they are not public'),
});
export type EgressConfig = z.infer<typeof egressConfigSchema>;
