import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { runInContext, newContext } from '#libs/observability';
import type { GatewayConfig } from '../gateway.config.js';
import { codedErrorOf } from '../problems/coded-error-of.js';
import { sendProblem } from '../problems/send-problem.js';
import { answerBrokenRequest } from './broken-request.js';
import { proxyTrust } from './proxy-trust.js';

type HttpServerOptions = Extract<ConstructorParameters<typeof FastifyAdapter>[0], { http: unknown }>;

/** What Fastify must know before it exists: limits of the connection and of the request line. */
export function httpServerOptions(config: GatewayConfig): HttpServerOptions {
  return {
    trustProxy: proxyTrust(config.MIRANTE_TRUST_PROXY_HOPS, config.MIRANTE_TRUST_PROXY_CIDRS),
    // No limit on the whole request: a large upload may take hours. Silence ends it instead.
    requestTimeout: 0,
    connectionTimeout: config.MIRANTE_UPLOAD_IDLE_SECONDS * 2_000,
    keepAliveTimeout: 72_000,
    maxRequestsPerSocket: 0,
    bodyLimit: 64 * 1024,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    // Host is checked by a hook, which can say what was wrong; Node would answer without a body.
    http: { headersTimeout: 15_000, maxHeaderSize: 16 * 1024, requireHostHeader: false },
    clientErrorHandler: answerBrokenRequest,
    // No hook has run by then: neither the context of the request nor the headers of every answer exist yet.
    frameworkErrors: (error, request, reply) => {
      void reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
      runInContext(newContext(), () =>
        sendProblem(codedErrorOf(error), request as FastifyRequest, reply as FastifyReply),
      );
    },
  };
}
