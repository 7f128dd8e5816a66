import helmet from '@fastify/helmet';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { authenticateKeys } from '../access/authenticate.hook.js';
import { Authenticator } from '../access/authenticator.service.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { RouteCatalogue } from '../routes/route-catalogue.js';
import { ExpectationFailedError, MissingHostError } from '../routes/route.errors.js';
import { announceTus } from '../uploads/tus.hook.js';
import { Sites } from '../visits/sites.service.js';
import { allowVisitReports } from '../visits/visits-cors.hook.js';
import { limitAnonymous } from './anonymous-limit.hook.js';
import { limitInFlight } from './in-flight-limit.hook.js';

/** Sets up everything between the socket and the routes. Call it after the application is created and before it listens. */
export async function configureHttp(app: NestFastifyApplication): Promise<void> {
  const config = app.get<GatewayConfig>(GATEWAY_CONFIG);
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.server.maxConnections = config.MIRANTE_MAX_CONNECTIONS;
  answerExpectations(fastify);
  leaveBodiesUnread(fastify);
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    if (!request.headers.host && request.raw.httpVersion !== '1.0') throw new MissingHostError();
    const { expect } = request.headers;
    if (expect !== undefined && expect.toLowerCase() !== '100-continue') throw new ExpectationFailedError();
  });
  await fastify.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'"],
        'connect-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    strictTransportSecurity: config.MIRANTE_ENV === 'production',
  });
  allowVisitReports(fastify, app.get(Sites));
  limitInFlight(fastify, config);
  authenticateKeys(fastify, app.get(Authenticator));
  if (config.MIRANTE_ENV !== 'local') limitAnonymous(fastify, config);
  announceTus(fastify, config);
  answerOptions(fastify, app.get(RouteCatalogue));
  hangUpWhenClosing(fastify);
}

/** Node would answer `Expect` itself: 100 before anyone looked at the request, 417 without a body. */
function answerExpectations(fastify: FastifyInstance): void {
  for (const event of ['checkContinue', 'checkExpectation']) {
    fastify.server.on(event, (request, response) => fastify.server.emit('request', request, response));
  }
}

/** Bodies are streams that only the upload reads; every other route answers without waiting for one. */
function leaveBodiesUnread(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
}

/** Says which methods there are. CORS stays closed but for reports of visits. */
function answerOptions(fastify: FastifyInstance, catalogue: RouteCatalogue): void {
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'OPTIONS') return;
    const allowed = catalogue.allowedMethods(request.url.split('?', 1)[0]!);
    if (allowed.length > 0) await reply.code(204).header('allow', allowed.join(', ')).send();
  });
}

/** Node hangs up on connections that are idle when closing starts; one that becomes idle later would hold the process. */
function hangUpWhenClosing(fastify: FastifyInstance): void {
  fastify.addHook('preClose', async () => {
    const timer = setInterval(() => fastify.server.closeIdleConnections(), 100).unref();
    fastify.server.once('close', () => clearInterval(timer));
  });
}
