import type { FastifyInstance } from 'fastify';
import type { GatewayConfig } from '../gateway.config.js';
import { refusedRequests } from '../gateway.metrics.js';
import { OverloadedError } from './limit.errors.js';

/** Refuses at once what would otherwise queue until it times out. */
export function limitInFlight(fastify: FastifyInstance, config: GatewayConfig): void {
  let inFlight = 0;
  fastify.addHook('onRequest', async (_request, reply) => {
    if (inFlight >= config.MIRANTE_MAX_IN_FLIGHT) {
      refusedRequests.inc({ reason: 'overload' });
      throw new OverloadedError();
    }
    inFlight++;
    reply.raw.once('close', () => inFlight--);
  });
}
