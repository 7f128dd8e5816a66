import type { FastifyInstance } from 'fastify';
import type { Sites } from './sites.service.js';
import { recordVisitRoute } from './visits.routes.js';

/** Lets pages of the known sites report visits from a browser. CORS stays closed everywhere else. */
export function allowVisitReports(fastify: FastifyInstance, sites: Sites): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (request.url.split('?', 1)[0] === recordVisitRoute.path) {
      void reply.header('vary', 'origin');
      if (origin !== undefined && sites.mayRead(origin)) {
        void reply.headers({
          'access-control-allow-origin': origin,
          'access-control-allow-methods': recordVisitRoute.method,
          'access-control-allow-headers': 'content-type',
          'access-control-max-age': '86400',
        });
      }
    }
    done();
  });
}
