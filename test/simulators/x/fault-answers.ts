import type { ServerResponse } from 'node:http';
import { wait } from '../common/http.js';
import type { XFault } from './faults.js';
import { HTML_ERROR, problems } from './problems.js';

export interface Answer {
  status: number;
  body: object;
  headers: Record<string, string>;
  /** Sent instead of the body. */
  bytes?: Buffer;
  /** What is billed. */
  read?: { postIds: string[]; userIds: string[] };
}

const JSON_TYPE = 'application/json; charset=utf-8';
const HTML_TYPE = 'text/html; charset=utf-8';
const SLOW_PIECES = 8;

export function answerBytes(response: ServerResponse, { status, body, headers, bytes }: Answer): void {
  const all = bytes ?? Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': JSON_TYPE, 'content-length': String(all.length), ...headers });
  response.end(all);
}

/** Answers wrongly; `right` is what would have been said. */
export async function answerFault(
  fault: XFault,
  response: ServerResponse,
  headers: Record<string, string>,
  right?: Answer,
): Promise<void> {
  const json = (status: number, body: object) => answerBytes(response, { status, body, headers });
  switch (fault.fault) {
    case 'invalid-request':
      return json(
        400,
        problems.invalidRequest('query', '…', 'Rules must contain at least one positive, non-stopword clause'),
      );
    case 'unauthorized':
      return json(401, problems.unauthorized());
    case 'credits':
      return json(402, problems.credits());
    case 'forbidden':
      return json(403, problems.forbidden());
    case 'not-found':
      return html(response, 404, HTML_TYPE, headers);
    case 'no-rules':
      return json(409, problems.noRules());
    case 'rate-window':
    case 'rate-second':
    case 'bare-429':
      return json(429, problems.tooManyRequests());
    case 'usage-cap':
      return json(429, problems.usageCap());
    case 'too-many-connections':
      return json(429, problems.tooManyConnections());
    case 'errors-only':
      return json(200, { errors: [problems.unavailable()] });
    case 'empty':
      return json(200, { meta: { result_count: 0 } });
    case 'unavailable-html':
      return html(response, 503, HTML_TYPE, headers);
    case 'unavailable-json':
      return json(503, problems.unavailable());
    case 'unavailable-mislabelled':
      return html(response, 503, JSON_TYPE, headers);
    case 'html':
      return html(response, 200, HTML_TYPE, headers);
    case 'reset':
      response.socket?.resetAndDestroy();
      return undefined;
    case 'half':
      return half(response, right!);
    case 'slow-body':
      return slowly(response, right!, fault.ms ?? 2_000);
    case 'latency':
      await wait(fault.ms ?? 1_000);
      return answerBytes(response, right!);
    case 'partial-errors':
    case 'malformed':
      throw new Error(`${fault.fault} is made from a right answer`);
    default:
      throw new Error(`no answer for ${String(fault.fault satisfies never)}`);
  }
}

function html(response: ServerResponse, status: number, type: string, headers: Record<string, string>): void {
  response.writeHead(status, { ...headers, 'content-type': type });
  response.end(HTML_ERROR);
}

/** Promises the whole length and hangs up in the middle. */
function half(response: ServerResponse, { status, body, headers }: Answer): void {
  const all = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': JSON_TYPE, 'content-length': String(all.length), ...headers });
  response.write(all.subarray(0, all.length >> 1), () => response.destroy());
}

async function slowly(response: ServerResponse, { status, body, headers }: Answer, ms: number): Promise<void> {
  const all = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': JSON_TYPE, 'content-length': String(all.length), ...headers });
  const piece = Math.ceil(all.length / SLOW_PIECES);
  for (let at = 0; at < all.length && !response.destroyed; at += piece) {
    response.write(all.subarray(at, at + piece));
    await wait(ms / SLOW_PIECES);
  }
  response.end();
}
