import { z } from 'zod';
import { int, url } from '#libs/config';
import type { AnonymousAccess } from './access/caller.js';
import { isCidr } from './http/proxy-trust.js';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Variables only the gateway reads; address and port are read by the service kit. */
export const gatewayConfigSchema = z.object({
  MIRANTE_ENV: z.enum(['local', 'production']).default('production').describe('local: callers without a key may write'),
  MIRANTE_ANONYMOUS_ACCESS: z
    .enum(['none', 'read', 'write'])
    .optional()
    .describe('what callers without a key may do; write when MIRANTE_ENV is local, else read'),
  MIRANTE_SERVICES: z
    .string()
    .default('twitter-ingest,analytics,visitors,image-tasks')
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(z.string().regex(/^[a-z][a-z-]*$/)).min(1))
    .describe('services the overview asks, separated by commas'),
  MIRANTE_PROMETHEUS_URL: url('http', 'https').optional(),
  MIRANTE_ALERTMANAGER_URL: url('http', 'https').optional(),
  MIRANTE_GRAFANA_URL: url('http', 'https').optional().describe('as browsers reach it; pages for operators link to it'),
  MIRANTE_KIBANA_URL: url('http', 'https').optional().describe('as browsers reach it; pages for operators link to it'),
  MIRANTE_LOG_DIR: z.string().optional().describe('where the services of this machine write their logs'),
  MIRANTE_TRUST_PROXY_HOPS: int({ max: 10 }).default(0).describe('proxies in front whose X-Forwarded-For is believed'),
  MIRANTE_TRUST_PROXY_CIDRS: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((cidr) => cidr.trim() || []))
    .pipe(z.array(z.string().refine(isCidr, { error: 'expected networks such as 10.0.0.0/8' })))
    .describe('networks whose proxies are believed as well, separated by commas'),
  MIRANTE_MAX_UPLOAD_BYTES: int({ min: 1 }).default(20 * GIB),
  MIRANTE_MAX_IMAGE_BYTES: int({ min: 1 })
    .default(64 * MIB)
    .describe('largest image to shuffle'),
  MIRANTE_MAX_UPLOADS: int({ min: 1 }).default(32).describe('uploads at the same time'),
  MIRANTE_UPLOAD_HOURS: int({ min: 1, max: 24 * 365 })
    .default(24)
    .describe('how long a resumable upload is kept after its last piece'),
  MIRANTE_UPLOAD_QUOTA_BYTES: int({ min: 1 })
    .default(100 * GIB)
    .describe('resumable uploads a tenant may have at a time, in bytes, unfinished ones counted whole'),
  MIRANTE_UPLOAD_QUOTA_FILES: int({ min: 1 }).default(1_000).describe('resumable uploads a tenant may have at a time'),
  MIRANTE_UPLOAD_IDLE_SECONDS: int({ min: 1, max: 3_600 }).default(60).describe('longest pause within an upload'),
  MIRANTE_MAX_TASK_STREAMS: int({ min: 1 }).default(200).describe('streams of the events of tasks at the same time'),
  MIRANTE_MAX_EXPORTS: int({ min: 1 }).default(8).describe('exports at the same time'),
  MIRANTE_MAX_IN_FLIGHT: int({ min: 1 }).default(1_000).describe('requests at the same time'),
  MIRANTE_MAX_CONNECTIONS: int({ min: 1 }).default(5_000),
  MIRANTE_ANONYMOUS_PER_MINUTE: int({ min: 1 })
    .default(300)
    .describe('requests per minute and address without a key; not applied when MIRANTE_ENV is local'),
  MIRANTE_KEY_FAILURES_PER_MINUTE: int({ min: 1 })
    .default(20)
    .describe('keys that do not work, per minute and address, before the address has to wait'),
});
export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;

/** Injection token of {@link GatewayConfig}. */
export const GATEWAY_CONFIG = Symbol('GATEWAY_CONFIG');

export function anonymousAccessOf(config: GatewayConfig): AnonymousAccess {
  return config.MIRANTE_ANONYMOUS_ACCESS ?? (config.MIRANTE_ENV === 'local' ? 'write' : 'read');
}
