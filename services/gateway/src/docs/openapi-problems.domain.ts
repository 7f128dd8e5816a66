import type { RouteDeclaration } from '../routes/route.js';
import { problemSchema, type Problem } from '../problems/problem.domain.js';
import { jsonSchemaOf, type JsonSchema } from './json-schema.domain.js';
import type { OpenApiResponse } from './openapi.types.js';

interface Refusal {
  name: string;
  description: string;
  title: string;
  code: string;
  retryAfter?: boolean;
}

const REFUSALS: Readonly<Record<number, Refusal>> = {
  400: {
    name: 'Invalid',
    description: 'Something in the request is not allowed; the errors say what is',
    title: 'Bad Request',
    code: 'REQUEST.INVALID',
  },
  401: {
    name: 'Unauthenticated',
    description: 'The key is unknown, expired or revoked, or one is needed',
    title: 'Unauthorized',
    code: 'ACCESS.UNKNOWN_KEY',
  },
  403: {
    name: 'Forbidden',
    description: 'The key lacks the scope of the route; the detail names it',
    title: 'Forbidden',
    code: 'ACCESS.SCOPE_MISSING',
  },
  404: { name: 'NotFound', description: 'There is no such thing', title: 'Not Found', code: 'ARCHIVES.NOT_FOUND' },
  408: { name: 'Stalled', description: 'The body stopped arriving', title: 'Request Timeout', code: 'UPLOAD.STALLED' },
  409: {
    name: 'Conflict',
    description: 'The Idempotency-Key was used for something else, or the state does not allow it',
    title: 'Conflict',
    code: 'UPLOAD.KEY_REUSED',
  },
  410: {
    name: 'Gone',
    description: 'It was there, for as long as such things are kept',
    title: 'Gone',
    code: 'TASKS.EXPIRED',
  },
  412: {
    name: 'TusVersion',
    description: 'Tus-Resumable names no version that is spoken here',
    title: 'Precondition Failed',
    code: 'UPLOADS.TUS_VERSION',
  },
  413: { name: 'TooLarge', description: 'The body is too large', title: 'Payload Too Large', code: 'BLOBS.TOO_LARGE' },
  415: {
    name: 'UnsupportedType',
    description: 'The Content-Type is not accepted here',
    title: 'Unsupported Media Type',
    code: 'UPLOAD.TYPE',
  },
  422: {
    name: 'KeyReused',
    description: 'The Idempotency-Key was used for a request that asked for something else',
    title: 'Unprocessable Entity',
    code: 'JOBS.IDEMPOTENCY_MISMATCH',
  },
  423: {
    name: 'Locked',
    description: 'Another request is writing',
    title: 'Locked',
    code: 'UPLOADS.LOCKED',
    retryAfter: true,
  },
  429: {
    name: 'RateLimited',
    description: 'Too many requests with this key or from this address, or too many keys that do not work',
    title: 'Too Many Requests',
    code: 'GATEWAY.RATE_LIMITED',
    retryAfter: true,
  },
  460: {
    name: 'ChecksumMismatch',
    description: 'What arrived is not what was announced; it was removed',
    title: 'Checksum Mismatch',
    code: 'UPLOADS.CHECKSUM',
  },
  500: { name: 'Internal', description: 'A fault of the server', title: 'Internal Server Error', code: 'INTERNAL' },
  503: {
    name: 'Unavailable',
    description: 'A part is away or overloaded; nothing was done',
    title: 'Service Unavailable',
    code: 'RPC.UNAVAILABLE',
    retryAfter: true,
  },
  504: {
    name: 'TimedOut',
    description: 'The answer took too long; what was asked may still happen',
    title: 'Gateway Timeout',
    code: 'RPC.TIMEOUT',
    retryAfter: true,
  },
  507: {
    name: 'NoRoom',
    description: 'The disk for uploads is nearly full',
    title: 'Insufficient Storage',
    code: 'BLOBS.DISK_FULL',
    retryAfter: true,
  },
};

/** Any route may answer these. */
const COMMON = [400, 401, 429, 500, 503, 504];

export function problemSchemaOf(): JsonSchema {
  return jsonSchemaOf(problemSchema, 'output');
}

/** The refusals of a route, as references to the shared responses. */
export function refusalsOf(route: RouteDeclaration): Record<string, { $ref: string }> {
  const scoped = route.scope === 'public' ? [] : [403];
  const statuses = [...new Set([...COMMON, ...scoped, ...route.problems])].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${refusalOf(status).name}` }]),
  );
}

export function problemResponses(): Record<string, OpenApiResponse> {
  return Object.fromEntries(
    Object.keys(REFUSALS).map((key) => [refusalOf(Number(key)).name, responseOf(Number(key))] as const),
  );
}

function refusalOf(status: number): Refusal {
  const refusal = REFUSALS[status];
  if (!refusal) throw new Error(`a route declares the undocumented status ${status}`);
  return refusal;
}

function responseOf(status: number): OpenApiResponse {
  const { description, title, code, retryAfter } = refusalOf(status);
  const example: Problem = {
    type: 'about:blank',
    title,
    status,
    detail: description,
    instance: '/api/v1/posts',
    code,
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  };
  return {
    description,
    ...(retryAfter && {
      headers: { 'Retry-After': { description: 'seconds to wait', schema: { type: 'integer' } } },
    }),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, example } },
  };
}
