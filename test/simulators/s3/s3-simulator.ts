import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from '../common/http.js';
import { S3Refusal, SimulatedBucket, type SimulatedObject } from './bucket.js';
import { signatureProblem } from './signature.js';

/**
 * How a request can go wrong: `slow-down` and `internal` are refused, `reset` hangs up unheard, `lost` does what was asked and
 * hangs up, `cut` breaks off in the middle of the body of the answer.
 */
export const S3_FAULTS = ['slow-down', 'internal', 'reset', 'lost', 'cut'] as const;
export type S3FaultName = (typeof S3_FAULTS)[number];

export interface S3Fault {
  fault: S3FaultName;
  /** Such as `PutObject` or `UploadPart`; any when absent. */
  operation?: string;
  /** Good requests before. */
  after?: number;
  /** How often, once when absent. */
  times?: number;
}

export interface S3SimulatorOptions {
  /** Largest object one request may copy, in bytes. */
  copyLimit?: number;
  /** Entries of one page of a list. */
  pageSize?: number;
}

export interface S3Simulator {
  readonly url: string;
  readonly bucket: SimulatedBucket;
  /** Operations answered, in order. */
  readonly seen: string[];
  fail(fault: S3Fault): void;
  /** Ends all faults. */
  forgive(): void;
  close(): Promise<void>;
}

interface Asked {
  operation: string;
  key: string;
  query: URLSearchParams;
  request: IncomingMessage;
  body: Buffer;
}

type Answer = { status?: number; headers?: Record<string, string>; body?: Buffer | string };

/** Starts an S3 server with one bucket, whatever its name, in memory. Requests must be signed with the keys it knows. */
export async function startS3Simulator({
  copyLimit = 5 * 1024 ** 3,
  pageSize = 1_000,
}: S3SimulatorOptions = {}): Promise<S3Simulator> {
  const bucket = new SimulatedBucket();
  const seen: string[] = [];
  const faults: Required<S3Fault>[] = [];

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url!, 'http://s3');
    const key = decodeURIComponent(url.pathname.split('/').slice(2).join('/'));
    const operation = operationOf(request, key, url.searchParams);
    const asked = { operation, key, query: url.searchParams, request, body: Buffer.concat(chunks) };
    const fault = takeFault(faults, operation);
    if (fault === 'reset') return void request.socket.destroy();
    const answer = fault === 'slow-down' || fault === 'internal' ? refuse(fault) : answerTo(asked);
    if (fault === 'lost') return void request.socket.destroy();
    send(response, answer, request.method === 'HEAD', fault === 'cut');
  };

  const answerTo = (asked: Asked): Answer => {
    const problem = signatureProblem(asked.request, asked.body);
    if (problem) return errorAnswer(problem, 403);
    seen.push(asked.operation);
    try {
      return operations[asked.operation]!(asked);
    } catch (error) {
      if (error instanceof S3Refusal) return errorAnswer(error.code, error.status);
      throw error;
    }
  };

  const copied = ({ request }: Asked): Buffer => {
    const source = decodeURIComponent(String(request.headers['x-amz-copy-source'])).replace(/^\/?[^/]+\//, '');
    const { body } = bucket.get(source);
    const range = /^bytes=(\d+)-(\d+)$/.exec(String(request.headers['x-amz-copy-source-range'] ?? ''));
    const bytes = range ? body.subarray(Number(range[1]), Number(range[2]) + 1) : body;
    if (bytes.byteLength > copyLimit) throw new S3Refusal('InvalidRequest', 400);
    return Buffer.from(bytes);
  };

  const operations: Record<string, (asked: Asked) => Answer> = {
    PutObject: ({ key, body }) => ({ headers: { etag: bucket.put(key, body).etag } }),
    CopyObject: (asked) => ({ body: copyResult('CopyObjectResult', bucket.put(asked.key, copied(asked))) }),
    HeadObject: ({ key }) => objectAnswer(bucket.get(key)),
    GetObject: ({ key, request }) => rangeAnswer(bucket.get(key), request),
    DeleteObject: ({ key }) => {
      bucket.objects.delete(key);
      return { status: 204 };
    },
    ListObjectsV2: ({ query }) => {
      const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).sort();
      const from = Number(query.get('continuation-token') ?? 0);
      const more = from + pageSize < keys.length;
      const items = keys.slice(from, from + pageSize).map((key) => {
        const { body, etag, storedAt } = bucket.get(key);
        return `<Contents>${tags({ Key: key, Size: body.byteLength, ETag: etag, LastModified: storedAt.toISOString() })}</Contents>`;
      });
      const next = more ? tags({ NextContinuationToken: from + pageSize }) : '';
      return { body: xml('ListBucketResult', items.join('') + tags({ IsTruncated: more }) + next) };
    },
    CreateMultipartUpload: ({ key }) => ({
      body: xml('InitiateMultipartUploadResult', tags({ Key: key, UploadId: bucket.start(key) })),
    }),
    UploadPart: ({ key, query, body }) => ({
      headers: { etag: bucket.putPart(key, query.get('uploadId'), Number(query.get('partNumber')), body).etag },
    }),
    UploadPartCopy: (asked) => {
      const { key, query } = asked;
      const part = bucket.putPart(key, query.get('uploadId'), Number(query.get('partNumber')), copied(asked));
      return { body: copyResult('CopyPartResult', part) };
    },
    ListParts: ({ key, query }) => {
      const parts = [...bucket.upload(key, query.get('uploadId')).parts].sort(([a], [b]) => a - b);
      const after = Number(query.get('part-number-marker') ?? 0);
      const left = parts.filter(([number]) => number > after);
      const page = left.slice(0, pageSize);
      const items = page.map(
        ([number, { body, etag }]) => `<Part>${tags({ PartNumber: number, ETag: etag, Size: body.byteLength })}</Part>`,
      );
      const more = left.length > pageSize;
      const next = more ? tags({ NextPartNumberMarker: page.at(-1)![0] }) : '';
      return { body: xml('ListPartsResult', items.join('') + tags({ IsTruncated: more }) + next) };
    },
    CompleteMultipartUpload: ({ key, query, body }) => {
      const listed = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part]) => ({
        number: Number(/<PartNumber>(\d+)</.exec(part!)![1]),
        etag: /<ETag>(.*?)<\/ETag>/.exec(part!)![1]!.replaceAll('&quot;', '"'),
      }));
      const { etag } = bucket.complete(key, query.get('uploadId')!, listed);
      return { body: xml('CompleteMultipartUploadResult', tags({ Key: key, ETag: etag })) };
    },
    AbortMultipartUpload: ({ key, query }) => {
      bucket.upload(key, query.get('uploadId'));
      bucket.uploads.delete(query.get('uploadId')!);
      return { status: 204 };
    },
    ListMultipartUploads: ({ query }) => {
      const items = [...bucket.uploads]
        .filter(([, { key }]) => key.startsWith(query.get('prefix') ?? ''))
        .map(
          ([id, { key, startedAt }]) =>
            `<Upload>${tags({ Key: key, UploadId: id, Initiated: startedAt.toISOString() })}</Upload>`,
        );
      return { body: xml('ListMultipartUploadsResult', items.join('') + tags({ IsTruncated: false })) };
    },
  };

  const server = await listen(handle);
  return {
    url: server.url,
    bucket,
    seen,
    fail: (fault) => void faults.push({ operation: '', after: 0, times: 1, ...fault }),
    forgive: () => void faults.splice(0),
    close: () => server.close(),
  };
}

function operationOf({ method, headers }: IncomingMessage, key: string, query: URLSearchParams): string {
  const copies = headers['x-amz-copy-source'] !== undefined;
  if (query.has('uploadId')) {
    if (method === 'PUT') return copies ? 'UploadPartCopy' : 'UploadPart';
    return { GET: 'ListParts', POST: 'CompleteMultipartUpload', DELETE: 'AbortMultipartUpload' }[method!]!;
  }
  if (query.has('uploads')) return method === 'POST' ? 'CreateMultipartUpload' : 'ListMultipartUploads';
  if (key === '') return 'ListObjectsV2';
  if (method === 'PUT') return copies ? 'CopyObject' : 'PutObject';
  return { GET: 'GetObject', HEAD: 'HeadObject', DELETE: 'DeleteObject' }[method!]!;
}

function takeFault(faults: Required<S3Fault>[], operation: string): S3FaultName | undefined {
  for (const fault of faults) {
    if (fault.operation !== '' && fault.operation !== operation) continue;
    if (fault.times === 0) continue;
    if (fault.after-- > 0) continue;
    fault.times--;
    return fault.fault;
  }
  return undefined;
}

function refuse(fault: 'slow-down' | 'internal'): Answer {
  return fault === 'slow-down' ? errorAnswer('SlowDown', 503) : errorAnswer('InternalError', 500);
}

function objectAnswer({ body, etag, storedAt }: SimulatedObject): Answer {
  return { headers: { etag, 'last-modified': storedAt.toUTCString() }, body };
}

function rangeAnswer(object: SimulatedObject, { headers }: IncomingMessage): Answer {
  const wanted = headers['if-match'];
  if (wanted !== undefined && wanted !== object.etag) throw new S3Refusal('PreconditionFailed', 412);
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
  if (!range) return objectAnswer(object);
  const start = Number(range[1]);
  const { length } = object.body;
  if (start >= length) throw new S3Refusal('InvalidRange', 416);
  const end = range[2] === '' ? length : Math.min(length, Number(range[2]) + 1);
  const answer = objectAnswer(object);
  return {
    status: 206,
    headers: { ...answer.headers, 'content-range': `bytes ${start}-${end - 1}/${length}` },
    body: object.body.subarray(start, end),
  };
}

function send(response: ServerResponse, answer: Answer, head: boolean, cut: boolean): void {
  const body = Buffer.from(answer.body ?? '');
  const type = typeof answer.body === 'string' ? { 'content-type': 'application/xml' } : {};
  const headers = { ...type, ...answer.headers, 'x-amz-request-id': 'simulated' };
  response.writeHead(
    answer.status ?? 200,
    answer.status === 204 ? headers : { ...headers, 'content-length': body.length },
  );
  if (cut) response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  else if (head || answer.status === 204) response.end();
  else response.end(body);
}

function errorAnswer(code: string, status: number): Answer {
  return { status, body: `<?xml version="1.0"?><Error>${tags({ Code: code, Message: code })}</Error>` };
}

function copyResult(name: string, { etag, storedAt }: SimulatedObject): string {
  return xml(name, tags({ ETag: etag, LastModified: storedAt.toISOString() }));
}

function xml(name: string, inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${name}>`;
}

function tags(fields: Record<string, unknown>): string {
  return Object.entries(fields)
    .map(([name, value]) => `<${name}>${String(value).replaceAll('"', '&quot;')}</${name}>`)
    .join('');
}
