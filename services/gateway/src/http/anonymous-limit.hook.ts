import type { FastifyInstance } from 'fastify';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { GatewayConfig } from '../gateway.config.js';
import { refusedRequests } from '../gateway.metrics.js';
import { addressGroup } from './address-group.js';
import { RateLimitedError } from './limit.errors.js';

/** A key that is not known costs more than a request: guessing keys must be slow. */
const COST_OF_A_GUESS = 10;

/** Limits requests per client address, unknown addresses included. */
export function limitAnonymous(fastify: FastifyInstance, config: GatewayConfig): void {
  const limiter = new RateLimiterMemory({ points: config.MIRANTE_ANONYMOUS_PER_MINUTE, duration: 60 });
  fastify.addHook('onRequest', async (request) => {
    const cost = request.headers.authorization === undefined ? 1 : COST_OF_A_GUESS;
    try {
      await limiter.consume(addressGroup(request.ip), cost);
    } catch (refusal) {
      refusedRequests.inc({ reason: 'rate' });
      throw new RateLimitedError((refusal as RateLimiterRes).msBeforeNext);
    }
  });
}
