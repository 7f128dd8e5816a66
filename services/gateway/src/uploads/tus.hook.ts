import type { FastifyInstance } from 'fastify';
import type { GatewayConfig } from '../gateway.config.js';
import { TUS_EXTENSIONS, TUS_VERSION } from './tus.domain.js';
import { createUploadRoute } from './uploads.routes.js';

/** Says in every answer about uploads which protocol it is, and to OPTIONS what of it there is. */
export function announceTus(fastify: FastifyInstance, config: GatewayConfig): void {
  const home = createUploadRoute.path;
  fastify.addHook('onRequest', (request, reply, done) => {
    const path = request.url.split('?', 1)[0]!;
    if (path === home || path.startsWith(`${home}/`)) {
      void reply.headers({ 'tus-resumable': TUS_VERSION, 'tus-version': TUS_VERSION });
      if (request.method === 'OPTIONS') {
        void reply.headers({
          'tus-extension': TUS_EXTENSIONS,
          'tus-max-size': String(config.MIRANTE_MAX_UPLOAD_BYTES),
        });
      }
    }
    done();
  });
}
