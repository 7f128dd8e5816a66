import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodedError } from '#libs/kernel';
import { health } from '../health/health-registry.js';
import { debuggedTraces, debugTrace } from '../logs/debug-traces.js';
import { currentLogLevels, setLogLevels } from '../logs/levels.js';
import { createLogger } from '../logs/logger.js';
import { collectProcessMetrics } from '../metrics/process-metrics.js';
import { renderMetrics } from '../metrics/render-metrics.js';
import { sendJson } from './json-answer.js';
import { readBody } from './read-body.js';

const BODY_LIMIT = 4_096;
const REQUEST_TIMEOUT_MS = 10_000;
const STATUS_OF_KIND: Partial<Record<CodedError['kind'], number>> = {
  invalid: 400,
  'too-large': 413,
  unsupported: 415,
};

const logger = createLogger('InternalServer');

class BadRequestError extends CodedError {
  constructor(message: string) {
    super('INTERNAL.BAD_REQUEST', 'invalid', message);
  }
}

class UnsupportedTypeError extends CodedError {
  constructor() {
    super('INTERNAL.UNSUPPORTED_TYPE', 'unsupported', 'the body has to be application/json');
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
type Routes = Readonly<Record<string, Readonly<Record<string, Handler>>>>;

/** Answers with what is sent as JSON. Gets the JSON body of the request, undefined when it has none. */
export type InternalHandler = (body: unknown) => unknown;

/** Further routes of the internal server, by path and method. */
export type InternalRoutes = Readonly<Record<string, Readonly<Record<string, InternalHandler>>>>;

const OWN_ROUTES: Routes = {
  '/metrics': { GET: answerMetrics },
  '/health/live': { GET: answerLive },
  '/health/ready': { GET: answerReady },
  '/logging/levels': { GET: answerLevels, PUT: changeLevels },
  ...jsonRoutes({ '/logging/traces': { GET: showTraces, PUT: addTrace } }),
};

/** Where the internal server listens. */
export interface InternalServerOptions {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  /** Beside its own. */
  routes?: InternalRoutes;
}

/** A running internal server; `close` ends it and its connections. */
export interface InternalServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves what operators and machines ask a process: `/metrics`, `/health/live`, `/health/ready`, `/logging/levels`,
 * `/logging/traces`. Not for the public: bind it to the loopback address or a private network.
 *
 * @throws when the address cannot be bound
 */
export async function startInternalServer({ host, port, routes = {} }: InternalServerOptions): Promise<InternalServer> {
  collectProcessMetrics();
  const all: Routes = { ...OWN_ROUTES, ...jsonRoutes(routes) };
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      void answer(all, request, response);
    },
  );
  await listen(server, host, port);
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const path = (request.url ?? '').split('?', 1)[0]!;
    const route = Object.hasOwn(routes, path) ? routes[path]! : undefined;
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
    if (!route) {
      sendJson(response, 404, {
        code: 'INTERNAL.NOT_FOUND',
        message: `there are only ${Object.keys(routes).join(', ')}`,
      });
    } else if (!Object.hasOwn(route, method)) {
      const allowed = Object.keys(route).join(', ');
      sendJson(
        response,
        405,
        { code: 'INTERNAL.METHOD_NOT_ALLOWED', message: `allowed: ${allowed}` },
        { allow: allowed },
      );
    } else {
      await route[method]!(request, response);
    }
  } catch (error) {
    answerError(response, error);
  }
}

function answerError(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
  } else if (error instanceof CodedError && STATUS_OF_KIND[error.kind]) {
    // What is left of the body is not worth reading.
    sendJson(
      response,
      STATUS_OF_KIND[error.kind]!,
      { code: error.code, message: error.message },
      { connection: 'close' },
    );
  } else {
    logger.error('an internal request failed', {}, error);
    sendJson(response, 500, { code: 'INTERNAL.ERROR', message: 'the request failed; the log says why' });
  }
}

async function answerMetrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { contentType, body } = await renderMetrics(request.headers.accept);
  response.writeHead(200, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    vary: 'accept',
    'cache-control': 'no-store',
  });
  response.end(body);
}

/** That this code runs is the answer: a blocked event loop does not get here. */
function answerLive(_request: IncomingMessage, response: ServerResponse): void {
  sendJson(response, 200, { live: true, uptime_seconds: Math.round(process.uptime()) });
}

async function answerReady(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  const snapshot = await health.snapshot();
  sendJson(response, snapshot.ready ? 200 : 503, snapshot);
}

function answerLevels(_request: IncomingMessage, response: ServerResponse): void {
  sendJson(response, 200, { levels: currentLogLevels() });
}

async function changeLevels(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const levels = ((await readJson(request)) as { levels?: unknown } | null | undefined)?.levels;
  if (typeof levels !== 'string') throw new BadRequestError('expected {"levels":"info,AmqpServer=debug"}');
  const before = currentLogLevels();
  setLogLevels(levels);
  logger.warn(`log levels changed from ${before} to ${currentLogLevels()}`, {
    event: { action: 'log-levels-changed' },
  });
  sendJson(response, 200, { levels: currentLogLevels() });
}

function showTraces(): unknown {
  return { traces: debuggedTraces() };
}

function addTrace(body: unknown): unknown {
  const traceId = (body as { trace_id?: unknown } | null | undefined)?.trace_id;
  if (typeof traceId !== 'string') throw new BadRequestError('expected {"trace_id":"<32 hexadecimal digits>"}');
  debugTrace(traceId);
  logger.warn('a trace is logged at debug level', {
    event: { action: 'log-levels-changed' },
    labels: { chosen_trace: traceId },
  });
  return showTraces();
}

function jsonRoutes(routes: InternalRoutes): Routes {
  return Object.fromEntries(
    Object.entries(routes).map(([path, methods]) => [
      path,
      Object.fromEntries(Object.entries(methods).map(([method, handler]) => [method, jsonHandler(handler)])),
    ]),
  );
}

function jsonHandler(handler: InternalHandler): Handler {
  return async (request, response) => {
    sendJson(response, 200, await handler(hasBody(request) ? await readJson(request) : undefined));
  };
}

/** RFC 9112 section 6.3. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Takes JSON only: a form of a foreign web page cannot send that type without being asked first. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json(?:\s*;|$)/i.test(request.headers['content-type'] ?? '')) throw new UnsupportedTypeError();
  const text = await readBody(request, BODY_LIMIT);
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequestError('the body is not JSON');
  }
}
