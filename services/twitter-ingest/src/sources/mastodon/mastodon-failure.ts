import type { IncomingHttpHeaders } from 'node:http';
import {
  AddressRefusedError,
  AnswerTooLargeError,
  EgressError,
  RedirectRefusedError,
  UrlRefusedError,
} from '#libs/egress';
import { messageOf } from '#libs/kernel';
import { UpstreamError } from '../../captures/upstream.errors.js';
import { retryAt } from './rate-limits.js';

/** A closed instance may open again; until then it is asked rarely. */
const CLOSED_MS = 6 * 3_600_000;

/** What an answer with an error status means for the part; `patient` is a capture that follows and can wait. */
export function failureOf(
  host: string,
  { status, headers }: { status: number; headers: IncomingHttpHeaders },
  patient: boolean,
  now: number,
): UpstreamError {
  const details = { status, requests: 1 };
  switch (status) {
    case 401:
    case 403: {
      const text = `${host} shows its tags only to people who are logged in (status ${status})`;
      if (!patient) return new UpstreamError('forbidden', 'fail', text, details);
      return new UpstreamError('forbidden', 'wait', text, { ...details, until: new Date(now + CLOSED_MS) });
    }
    case 404:
    case 410:
      return new UpstreamError(
        'rejected-request',
        'fail',
        `${host} has no timelines of tags (status ${status})`,
        details,
      );
    case 429:
      return new UpstreamError('rate-window', 'wait', `${host} wants a pause`, {
        ...details,
        until: retryAt(headers, now),
      });
  }
  if (status >= 500) {
    const until = headers['retry-after'] === undefined ? {} : { until: retryAt(headers, now) };
    return new UpstreamError('upstream-unavailable', 'retry', `${host} answers with status ${status}`, {
      ...details,
      ...until,
    });
  }
  return new UpstreamError('rejected-request', 'fail', `${host} refuses the request (status ${status})`, details);
}

/** What an error of the call itself means. */
export function callFailureOf(host: string, error: unknown): unknown {
  if (!(error instanceof EgressError)) return error;
  const details = { requests: 1, cause: error };
  if (
    error instanceof AddressRefusedError ||
    error instanceof UrlRefusedError ||
    error instanceof RedirectRefusedError
  ) {
    return new UpstreamError('refused-address', 'fail', `${host} cannot be asked: ${messageOf(error)}`, details);
  }
  if (error instanceof AnswerTooLargeError) return malformed(host, messageOf(error));
  return new UpstreamError('network', 'retry', messageOf(error), details);
}

export function malformed(host: string, problem: string): UpstreamError {
  return new UpstreamError('malformed-answer', 'retry', `${host}: ${problem}`, { requests: 1 });
}
