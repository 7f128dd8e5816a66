import { z } from 'zod';
import { int, secret } from '#libs/config';

const mailAddress = () => z.email().max(254);

/** Variables only this service reads. */
export const visitorsConfigSchema = z
  .object({
    MIRANTE_SMTP_URL: secret()
      .optional()
      .describe('smtp:// or smtps:// with user and password; unset: feedback is stored and not mailed'),
    MIRANTE_FEEDBACK_FROM: mailAddress().optional().describe('sender of mails about feedback'),
    MIRANTE_FEEDBACK_TO: mailAddress().optional().describe('who gets mails about feedback'),
    MIRANTE_FEEDBACK_LEASE_SECONDS: int({ min: 1, max: 3_600 })
      .default(120)
      .describe('after this long another process may send a mail that one has begun to send'),
    MIRANTE_FEEDBACK_RETRY_MS: int({ min: 10 }).default(60_000).describe('first pause after a failed mail; doubles'),
  })
  .refine(
    ({ MIRANTE_SMTP_URL: url, MIRANTE_FEEDBACK_FROM: from, MIRANTE_FEEDBACK_TO: to }) =>
      url === undefined || (/^smtps?:\/\//.test(url.reveal()) && from !== undefined && to !== undefined),
    {
      path: ['MIRANTE_SMTP_URL'],
      error: 'expected smtp:// or smtps://, and MIRANTE_FEEDBACK_FROM and MIRANTE_FEEDBACK_TO as well',
    },
  );
export type VisitorsConfig = z.infer<typeof visitorsConfigSchema>;

/** Injection token of {@link VisitorsConfig}. */
export const VISITORS_CONFIG = Symbol('VISITORS_CONFIG');
