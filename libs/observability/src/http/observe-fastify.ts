import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contextFromHeaders, traceparentOf } from '../context/propagation.js';
import { currentContext, runInContext, type TraceContext } from '../context/trace-context.js';
import { isDebugTrace } from '../logs/debug-traces.js';
import { createLogger } from '../logs/logger.js';
import { activeRequests, httpServerDuration } from '../metrics/ready-made.metrics.js';
import { accessLevel, writeAccessLine } from './access-line.js';
import { type ClientAddressPolicy, loggableAddress } from './client-address.js';
import { methodLabel } from './http-method.js';

/** nginx' status for a client that went away; there is none in RFC 9110. */
const CLIENT_CLOSED_REQUEST = 499;
const UNMATCHED = 'unmatched';
/** Fastify reads no body of these. */
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'TRACE']);
const OBSERVED = Symbol('observed request');

/** What is logged of HTTP requests besides the usual. */
export interface ObserveFastifyOptions {
  /** How much of the caller's address is logged. Default `truncated`. */
  clientAddress?: ClientAddressPolicy;
  /** Whether what the client says it is (`User-Agent`) is logged. With the network it tells people apart. Default: true. */
  userAgent?: boolean;
}

interface Observed {
  context: TraceContext;
  startMs: number;
  /** Read while there is a connection: a closed one has no address any more. */
  ip: string | undefined;
}

type ObservedRequest = FastifyRequest & { [OBSERVED]?: Observed | undefined };
type Handle = ReturnType<typeof httpServerDuration.with>;

const logger = createLogger('HttpServer');

/**
 * Follows every request of a Fastify server (also one that Nest made): a trace context from the headers for everything that the
 * request starts, `traceresponse` and `x-request-id` in the answer, the duration metric by route template, one access line.
 * Call it before the first route is added.
 */
export function observeFastify(fastify: FastifyInstance, options: ObserveFastifyOptions = {}): void {
  const { clientAddress = 'truncated', userAgent = true } = options;

  const finish = (request: ObservedRequest, reply: FastifyReply, aborted: boolean): void => {
    const observed = request[OBSERVED];
    if (!observed) return;
    request[OBSERVED] = undefined;
    const durationMs = performance.now() - observed.startMs;
    const status = aborted ? CLIENT_CLOSED_REQUEST : reply.raw.statusCode;
    const route = request.routeOptions.url ?? UNMATCHED;
    activeRequests.count--;
    handleOf(request.method, route, status).observe(durationMs / 1000, observed.context);
    const level = accessLevel(status);
    if (!logger.isEnabled(level)) return;
    const length = Number(reply.getHeader('content-length') ?? Number.NaN);
    writeAccessLine(level, {
      method: request.method,
      url: request.raw.url ?? '',
      route,
      status,
      durationMs,
      aborted,
      responseBytes: Number.isFinite(length) ? length : undefined,
      clientIp: observed.ip && loggableAddress(observed.ip, clientAddress),
      userAgent: userAgent ? request.headers['user-agent'] : undefined,
      trace: observed.context,
    });
  };

  fastify.addHook('onRequest', (request: ObservedRequest, reply, done) => {
    const given = contextFromHeaders(request.headers, { trusted: false });
    const context = isDebugTrace(given.traceId) ? { ...given, debug: true } : given;
    request[OBSERVED] = { context, startMs: performance.now(), ip: request.ip };
    activeRequests.count++;
    reply.header('traceresponse', traceparentOf(context)).header('x-request-id', context.requestId);
    // Fastify tells of an answer that went out, not of a client that left before.
    reply.raw.once('close', () => finish(request, reply, !reply.raw.writableFinished));
    runInContext(context, done);
  });
  fastify.addHook('onResponse', (request: ObservedRequest, reply, done) => {
    finish(request, reply, false);
    done();
  });
  // The body arrives in events of the socket, which know nothing of the request's context.
  fastify.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    if (methods.every((method) => WITHOUT_BODY.has(method))) return;
    route.preValidation = [backInContext, ...[route.preValidation ?? []].flat()];
  });
}

function backInContext(request: ObservedRequest, _reply: FastifyReply, done: () => void): void {
  const context = request[OBSERVED]?.context;
  if (context && currentContext() !== context) runInContext(context, done);
  else done();
}

const handles = new Map<string, Handle>();
const MOST_HANDLES = 1_000;

function handleOf(method: string, route: string, status: number): Handle {
  const key = `${method} ${status} ${route}`;
  let handle = handles.get(key);
  if (!handle) {
    handle = httpServerDuration.with({
      http_request_method: methodLabel(method),
      http_route: route,
      http_response_status_code: status,
    });
    if (handles.size < MOST_HANDLES) handles.set(key, handle);
  }
  return handle;
}
