import { z } from 'zod';
import { bool, int } from '#libs/config';

/** How stored posts of X follow what becomes of them there. */
export const complianceConfigSchema = z.object({
  MIRANTE_X_COMPLIANCE: bool()
    .optional()
    .describe('look stored posts up again, so that deletions reach the store; costs money, so it is off unless a simulator answers'), // prettier-ignore
  MIRANTE_X_COMPLIANCE_SECONDS: int({ min: 1, max: 86_400 })
    .optional()
    .describe('time between two looks at a post; 20 hours (72000), at a simulator one minute'),
  MIRANTE_X_COMPLIANCE_HORIZON_DAYS: int({ min: 1, max: 36_500 })
    .optional()
    .describe('posts older than this are not looked up any more; all are when it is not set'),
});
export type ComplianceConfig = z.infer<typeof complianceConfigSchema>;
