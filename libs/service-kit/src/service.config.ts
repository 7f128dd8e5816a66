import { z } from 'zod';
import { bool, int, port } from '#libs/config';

/** Variables every service reads. */
export const serviceConfigSchema = z.object({
  MIRANTE_ENV: z.enum(['local', 'production']).default('production'),
  MIRANTE_LOG_LEVEL: z.string().default('info').describe('e.g. info,AmqpServer=debug'),
  MIRANTE_LOG_DIR: z.string().optional().describe('folder for rotating files; unset: standard output'),
  MIRANTE_INTERNAL_HOST: z.string().default('127.0.0.1'),
  MIRANTE_INTERNAL_PORT: port().describe('health, metrics and log levels; 0 picks a free one'),
  MIRANTE_SHUTDOWN_GRACE_MS: int({ min: 1_000 })
    .default(25_000)
    .describe('how long work in hand may take after SIGTERM'),
});
export type ServiceConfig = z.infer<typeof serviceConfigSchema>;

/** Variables of a service with a public port. */
export const httpConfigSchema = z.object({
  MIRANTE_HOST: z.string().default('127.0.0.1'),
  MIRANTE_PORT: port().default(8080),
  MIRANTE_LOG_USER_AGENT: bool()
    .default(false)
    .describe('write what clients say they are into access lines; off, so that no log tells visitors apart'),
  MIRANTE_OBSERVE_HTTP: bool()
    .default(true)
    .describe('trace context, duration metric and access line of every request; off only to measure what they cost'),
});
