import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { CodedError } from '#libs/kernel';
import { createLogger, newContext, runInContext } from '#libs/observability';
import { HeadersTooLargeError, MalformedRequestError, SlowRequestError } from '../problems/http.errors.js';
import { problemOf } from '../problems/problem-of.js';
import { PROBLEM_TYPE } from '../problems/problem.domain.js';

const logger = createLogger('BrokenRequest');

type ClientError = Error & { code?: string };

/** Where Node keeps the answer a socket is busy with; its own handler of client errors looks there too. */
type BusySocket = Socket & { _httpMessage?: { _headerSent: boolean } | null };

/** Answers bytes that Node could not read as HTTP. There is no request then, only a socket. */
export function answerBrokenRequest(error: ClientError, socket: BusySocket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?._headerSent) {
    socket.destroy();
    return;
  }
  const context = newContext();
  runInContext(context, () => {
    logger.info('broken request', { event: { action: 'http-refusal', outcome: 'failure' } }, error);
    socket.end(answerText(codedErrorOf(error), context.traceId), () => socket.destroy());
  });
}

function codedErrorOf(error: ClientError): CodedError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new HeadersTooLargeError();
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new SlowRequestError();
    default:
      return new MalformedRequestError('the request is not valid HTTP/1.1');
  }
}

function answerText(error: CodedError, traceId: string): string {
  const { problem } = problemOf(error, '', traceId);
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
