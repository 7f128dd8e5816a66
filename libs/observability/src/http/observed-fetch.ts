import { methodLabel } from './http-method.js';
import { injectTraceHeaders } from '../context/propagation.js';
import { childContext, runInContext } from '../context/trace-context.js';
import { createLogger } from '../logs/logger.js';
import { safeGet } from '../logs/safe-get.js';
import { httpClientDuration } from '../metrics/ready-made.metrics.js';

const logger = createLogger('HttpClient');
const NANOS_PER_SECOND = 1e9;

/**
 * `fetch` that takes the current trace along, measures, and logs at debug level. Throws what `fetch` throws; give it a
 * `signal` with a time limit, as it sets none itself.
 */
export function observedFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const request = new Request(input, init);
  const context = childContext();
  const headers: Record<string, string> = {};
  injectTraceHeaders(headers, context);
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  return runInContext(context, () => send(request));
}

async function send(request: Request): Promise<Response> {
  const { hostname, pathname } = new URL(request.url);
  const labels = { http_request_method: methodLabel(request.method), server_address: hostname };
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  try {
    const response = await fetch(request);
    const took = seconds();
    const errorType = response.ok ? '' : String(response.status);
    httpClientDuration.observe({ ...labels, http_response_status_code: response.status, error_type: errorType }, took);
    if (logger.isEnabled('debug')) {
      logger.debug('http call answered', {
        event: { action: 'http-call', outcome: response.ok ? 'success' : 'failure', duration: took * NANOS_PER_SECOND },
        http: { request: { method: request.method }, response: { status_code: response.status } },
        url: { domain: hostname, path: pathname },
      });
    }
    return response;
  } catch (error) {
    const took = seconds();
    httpClientDuration.observe({ ...labels, http_response_status_code: '', error_type: errorTypeOf(error) }, took);
    logger.debug(
      'http call failed',
      {
        event: { action: 'http-call', outcome: 'failure', duration: took * NANOS_PER_SECOND },
        http: { request: { method: request.method } },
        url: { domain: hostname, path: pathname },
      },
      error,
    );
    throw error;
  }
}

/** The system's code (`ECONNREFUSED`), else the class of the error (`TimeoutError`). */
function errorTypeOf(error: unknown): string {
  const code = safeGet(safeGet(error, 'cause'), 'code') ?? safeGet(error, 'name');
  return typeof code === 'string' ? code : 'unknown';
}
