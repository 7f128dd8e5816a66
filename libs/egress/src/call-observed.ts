import type { Agent, Dispatcher } from 'undici';
import { createLogger, httpClientDuration } from '#libs/observability';
import { reasonOf } from './reason-of.js';
import type { Hop } from './redirects.js';

const logger = createLogger('Egress');
const NANOS_PER_SECOND = 1e9;

/** One request, measured like every other HTTP call. The trace stays with us: its ids and state are not for strangers. */
export async function callObserved(
  agent: Agent,
  { url, method, headers, body }: Hop,
  label: string,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const start = performance.now();
  const report = (status: number | '', errorType: string, error?: unknown) => {
    const seconds = (performance.now() - start) / 1_000;
    httpClientDuration.observe(
      { http_request_method: method, server_address: label, http_response_status_code: status, error_type: errorType },
      seconds,
    );
    if (!logger.isEnabled('debug')) return;
    const fields = {
      event: {
        action: 'http-call',
        outcome: errorType === '' ? 'success' : 'failure',
        duration: seconds * NANOS_PER_SECOND,
      },
      http: { request: { method }, ...(status !== '' && { response: { status_code: status } }) },
      url: { domain: url.hostname, path: url.pathname },
    } as const;
    if (error === undefined) logger.debug('call to another network answered', fields);
    else logger.debug('call to another network failed', fields, error);
  };
  try {
    const answer = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: method as Dispatcher.HttpMethod,
      headers,
      body: body ?? null,
      signal,
    });
    report(answer.statusCode, answer.statusCode < 400 ? '' : String(answer.statusCode));
    return answer;
  } catch (error) {
    report('', reasonOf(error), error);
    throw error;
  }
}
