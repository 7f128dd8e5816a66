import type { FastifyRequest } from 'fastify';
import type { CodedError } from '#libs/kernel';
import { createLogger, loggableAddress } from '#libs/observability';
import { refusedRequests } from '../gateway.metrics.js';

const logger = createLogger('Access');

const REASONS: Readonly<Record<string, string>> = {
  'ACCESS.UNKNOWN_KEY': 'unknown-key',
  'ACCESS.MALFORMED_KEY': 'malformed-key',
  'ACCESS.KEY_EXPIRED': 'expired-key',
  'ACCESS.KEY_REVOKED': 'revoked-key',
  'ACCESS.KEY_NEEDED': 'key-needed',
  'ACCESS.SCOPE_MISSING': 'scope-missing',
  'ACCESS.KEYS_UNAVAILABLE': 'keys-unavailable',
  'ACCESS.TOO_MANY_FAILURES': 'failures',
  'ACCESS.KEY_RATE_LIMITED': 'key-rate',
};

/** Refusals that can come in floods: the metric counts them, the access line tells of each. */
const QUIET = new Set(['failures', 'key-rate']);

/**
 * Writes down who was refused and why: the id of the key, never its secret, and the network the caller is in.
 *
 * @param keyId id a key was shown with, whether or not there is such a key
 */
export function auditRefusal(error: CodedError, request: FastifyRequest, keyId?: string): void {
  const reason = REASONS[error.code] ?? 'other';
  refusedRequests.inc({ reason });
  const level = QUIET.has(reason) ? 'debug' : 'info';
  if (!logger.isEnabled(level)) return;
  const ip = loggableAddress(request.ip, 'truncated');
  logger[level](`access refused: ${reason}`, {
    event: { action: 'access-refused', category: ['authentication'], outcome: 'failure', reason },
    ...(ip !== undefined && { client: { ip } }),
    labels: { code: error.code, key_id: keyId ?? 'none' },
  });
}
