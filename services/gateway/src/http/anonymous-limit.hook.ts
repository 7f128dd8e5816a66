import type { FastifyInstance } from 'fastify';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { GatewayConfig } from '../gateway.config.js';
import { refusedRequests } from '../gateway.metrics.js';
import { addressGroup } from './address-group.js';
import { RateLimitedError } from './limit.errors.js';

/** Limits requests without a key per client address, also those to where there is no route. Keys have limits of their own. */
export function limitAnonymous(fastify: FastifyInstance, config: GatewayConfig): void {
  const limiter = new RateLimiterMemory({ points: config.MIRANTE_ANONYMOUS_PER_MINUTE, duration: 60 });
  fastify.addHook('onRequest', async (request) => {
    if (request.headers.authorization !== undefined) return;
    try {
      await limiter.consume(addressGroup(request.ip), 1);
    } catch (refusal) {
      refusedRequests.inc({ reason: 'rate' });
      throw new RateLimitedError((refusal as RateLimiterRes).msBeforeNext);
    }
  });
}
