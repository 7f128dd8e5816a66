import { z } from 'zod';
import { loadConfig, secret } from '#libs/config';

const CLOCK = '([01]\\d|2[0-3]):[0-5]\\d';

const receiversSchema = z
  .object({
    MIRANTE_ALERT_WEBHOOK_URL: secret().optional().describe('pages and tickets are posted there as JSON'),
    MIRANTE_ALERT_HEARTBEAT_URL: secret()
      .optional()
      .describe('gets the alert that always fires every minute, and raises the alarm when it stays away'),
    MIRANTE_ALERT_EMAIL_TO: z.string().optional().describe('addresses, separated by commas'),
    MIRANTE_ALERT_EMAIL_FROM: z.string().optional(),
    MIRANTE_ALERT_SMTP_URL: secret().optional().describe('smtp://user:password@host:port'),
    MIRANTE_ALERT_WORKING_HOURS: z
      .string()
      .regex(new RegExp(`^${CLOCK}-${CLOCK}$`), 'expected something like 08:00-18:00')
      .optional()
      .describe('tickets are told from Monday to Friday at these hours only'),
    MIRANTE_ALERT_TIME_ZONE: z.string().default('UTC').describe('IANA name'),
  })
  .refine(
    (config) =>
      config.MIRANTE_ALERT_EMAIL_TO === undefined ||
      (config.MIRANTE_ALERT_EMAIL_FROM !== undefined && config.MIRANTE_ALERT_SMTP_URL !== undefined),
    { path: ['MIRANTE_ALERT_EMAIL_TO'], error: 'needs MIRANTE_ALERT_EMAIL_FROM and MIRANTE_ALERT_SMTP_URL' },
  );

export interface Mail {
  readonly to: string;
  readonly from: string;
  readonly smarthost: string;
  readonly user?: string;
  readonly password?: string;
  readonly requireTls: boolean;
}

/** Where alerts go. Without any of them they are only shown. */
export interface AlertReceivers {
  readonly webhookUrl?: string;
  readonly heartbeatUrl?: string;
  readonly mail?: Mail;
  readonly workingHours?: { readonly from: string; readonly to: string; readonly timeZone: string };
}

/** @throws ConfigError with every bad variable */
export function alertReceivers(env?: Record<string, string | undefined>): AlertReceivers {
  const config = loadConfig(receiversSchema, env);
  const [from, to] = config.MIRANTE_ALERT_WORKING_HOURS?.split('-') ?? [];
  return {
    ...(config.MIRANTE_ALERT_WEBHOOK_URL && { webhookUrl: config.MIRANTE_ALERT_WEBHOOK_URL.reveal() }),
    ...(config.MIRANTE_ALERT_HEARTBEAT_URL && { heartbeatUrl: config.MIRANTE_ALERT_HEARTBEAT_URL.reveal() }),
    ...(config.MIRANTE_ALERT_EMAIL_TO !== undefined && { mail: mailOf(config) }),
    ...(from && to && { workingHours: { from, to, timeZone: config.MIRANTE_ALERT_TIME_ZONE } }),
  };
}

function mailOf(config: z.output<typeof receiversSchema>): Mail {
  const address = new URL(config.MIRANTE_ALERT_SMTP_URL!.reveal());
  const implicitTls = address.protocol === 'smtps:';
  return {
    to: config.MIRANTE_ALERT_EMAIL_TO!,
    from: config.MIRANTE_ALERT_EMAIL_FROM!,
    smarthost: `${address.hostname}:${address.port || (implicitTls ? '465' : '587')}`,
    ...(address.username && { user: decodeURIComponent(address.username) }),
    ...(address.password && { password: decodeURIComponent(address.password) }),
    // Without a login nothing secret is sent, and a server of one's own network may have no certificate.
    requireTls: address.username !== '',
  };
}
