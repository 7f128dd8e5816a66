import { z } from 'zod';
import { int, loadConfig, secret } from '#libs/config';
import { DEFAULT_LADDER, type RetryStep } from './topology.js';

/** Variables every process that talks to the broker reads. */
export const messagingConfigSchema = z.object({
  MIRANTE_AMQP_URL: secret().refine(
    (url) => /^amqps?:\/\/[^/]/.test(url.reveal()),
    'expected a URL that starts with amqp:// or amqps://',
  ),
  MIRANTE_ENV: z.enum(['local', 'production']).default('production'),
  MIRANTE_AMQP_HEARTBEAT_SECONDS: int({ min: 1, max: 600 }).prefault('10'),
  MIRANTE_RPC_MAX_IN_FLIGHT: int({ min: 1, max: 100_000 }).prefault('1000'),
  MIRANTE_RPC_PREFETCH: int({ min: 1, max: 10_000 }).prefault('50'),
  MIRANTE_DRAIN_GRACE_MS: int({ min: 0, max: 600_000 }).prefault('10000'),
});

/** Everything the transport can be told; times in milliseconds. */
export interface MessagingSettings {
  url: string;
  heartbeatSeconds: number;
  /** Most calls that may wait for an answer. */
  rpcMaxInFlight: number;
  /** Most calls handled at the same time. */
  rpcPrefetch: number;
  /** Deadline of a call made through the Nest `ClientProxy`, which knows no contract. */
  rpcDefaultTimeoutMs: number;
  /** Most published messages that may wait for their confirm. */
  maxUnconfirmed: number;
  confirmTimeoutMs: number;
  /** How long running handlers may go on when the process stops. */
  drainGraceMs: number;
  /** How long the start waits for the broker before it goes on without; readiness tells. */
  startWaitMs: number;
  /** How often the broker is asked whether it still sees our consumers. */
  probeIntervalMs: number;
  /** Check answers against their contracts, on both sides. */
  validateAnswers: boolean;
  /** How long events of a side queue stay in hand while something they need is away, before they go up the ladder. */
  sideQueueInHandMs: number;
  ladder: readonly RetryStep[];
}

/** Settings from the environment; `overrides` win. The environment is not read when `overrides` name the URL. */
export function messagingSettings(overrides: Partial<MessagingSettings> = {}): MessagingSettings {
  const fixed = {
    rpcDefaultTimeoutMs: 5_000,
    maxUnconfirmed: 2_000,
    confirmTimeoutMs: 5_000,
    startWaitMs: 5_000,
    probeIntervalMs: 4_000,
    sideQueueInHandMs: 600_000,
    ladder: DEFAULT_LADDER,
  };
  const environment = overrides.url === undefined ? undefined : { MIRANTE_AMQP_URL: overrides.url };
  const config = loadConfig(messagingConfigSchema, environment);
  return {
    ...fixed,
    url: config.MIRANTE_AMQP_URL.reveal(),
    heartbeatSeconds: config.MIRANTE_AMQP_HEARTBEAT_SECONDS,
    rpcMaxInFlight: config.MIRANTE_RPC_MAX_IN_FLIGHT,
    rpcPrefetch: config.MIRANTE_RPC_PREFETCH,
    drainGraceMs: config.MIRANTE_DRAIN_GRACE_MS,
    validateAnswers: config.MIRANTE_ENV !== 'production',
    ...overrides,
  };
}
