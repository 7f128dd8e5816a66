import type { Random } from './random.js';

const REPORTS = [
  'summary',
  'top-users',
  'posts-by-hour',
  'posts-by-language',
  'posts-by-country',
  'posts-over-time',
  'cooccurring-tags',
];
const TAGGED = REPORTS.map((name) => `/api/v1/analytics/${name}`);
const LISTS = ['/api/v1/posts', '/api/v1/archives'];
const KNOWN = [...TAGGED, ...LISTS, '/api/v1/system', '/version', '/', '/api/docs', '/api/openapi.json'];
const JUNK = [
  '',
  ' ',
  '%00',
  'abc',
  '-1',
  '1e999',
  '0',
  '2147483648',
  "'%20OR%201=1--",
  '%3Cscript%3E',
  '..%2f..%2fetc',
  '%F0%9F%98%80',
  '[]',
  '{}',
  'null',
  'NaN',
  '%7B%22%24gt%22:1%7D',
];

export type Generator = (random: Random) => string;

/** Bytes of a request with the length of its body in latin1, in which they are sent. */
export function request(method: string, target: string, headers: string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body, 'latin1')}`];
  return [`${method} ${target} HTTP/1.1`, 'Host: gateway', ...headers, ...length, '', body].join('\r\n');
}

const upload = (headers: string[], body: string, query = '') =>
  request('POST', `/api/v1/archives${query}`, headers, body);

/** Each makes one kind of request that must be refused whatever the dice say. */
export const MALFORMED: Record<string, Generator> = {
  'unknown parameter': (r) => request('GET', `${r.pick(KNOWN)}?${r.text(8)}x=${r.pick(JUNK)}`),
  'parameter of no name': (r) => request('GET', `${r.pick(KNOWN)}?=${r.pick(JUNK)}`),
  'repeated parameter': (r) => request('GET', `${r.pick(TAGGED)}?tag=${r.text(3, 'abc')}&tag=${r.text(3, 'abc')}`),
  'parameter as array or object': (r) =>
    request('GET', `${r.pick(TAGGED)}?tag[${r.pick(['', '0', '$gt', '__proto__'])}]=a`),
  'bad limit': (r) => request('GET', `${r.pick(LISTS)}?limit=${r.pick(JUNK)}`),
  'bad instant': (r) =>
    request(
      'GET',
      `${r.pick(TAGGED)}?tag=a&${r.pick(['from', 'to'])}=${r.pick([...JUNK, '2026-13-01T00:00:00Z', '2026-02-30T00:00:00Z', '2026-01-01', '2026-01-01T00:00:00'])}`,
    ),
  'bad tag': (r) =>
    request(
      'GET',
      `${r.pick(TAGGED)}?tag=${r.pick(['', '%23', 'a%20b', 'a/b', "'", '%23%23a', 'a'.repeat(140), '%00', '%F0%9F%98%80', r.text(4, "!$*();@,?'")])}`,
    ),
  'no tag': (r) => request('GET', r.pick(TAGGED)),
  'bad zone': (r) =>
    request(
      'GET',
      `/api/v1/analytics/posts-by-hour?tag=a&tz=${r.pick([...JUNK, '%2B02:00', 'Mars/Base', '../etc/localtime', 'A'.repeat(3000)])}`,
    ),
  'bad choice': (r) =>
    request(
      'GET',
      `${r.pick(TAGGED)}?tag=a&${r.pick(['kind', 'source'])}=${r.pick([...JUNK, 'X', 'ORIGINAL', 'x,mastodon'])}`,
    ),
  'bad interval': (r) =>
    request('GET', `/api/v1/analytics/posts-over-time?tag=a&interval=${r.pick([...JUNK, '15', 'year', 'DAY'])}`),
  'bad cursor': (r) =>
    request('GET', `${r.pick(LISTS)}?cursor=${r.pick(['', 'a%20b', '%00', '..%2f', 'a'.repeat(401), 'a=b'])}`),
  'bad encoding in the query': (r) =>
    request('GET', `/api/v1/posts?q=${r.pick(['%', '%f', '%zz', '%ff', '%c0%af', '%ed%a0%80', 'a%%b'])}`),
  'bad encoding in the path': (r) => request('GET', `/api/v1/archives/${r.pick(['%', '%zz', '%ff', '%c0%af', '%2'])}`),
  'bad id': (r) =>
    request(
      'GET',
      `/api/v1/archives/${r.pick(['1', 'null', r.text(36), '00000000-0000-0000-0000-00000000000g', '%00', r.text(150), '..%2f..%2f..%2fetc%2fpasswd'])}`,
    ),
  'long part of a path': (r) => request('GET', `/api/v1/archives/${r.text(201 + r.below(2_000))}`),
  'unknown path': (r) =>
    request(
      r.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH']),
      `/${r.text(1 + r.below(30))}${r.pick(['', '/..', '/%2e%2e', '//', '/x?y=z', ';a=b', '.php', '/.git/config'])}`,
    ),
  'wrong method': (r) =>
    request(
      r.pick(['PUT', 'DELETE', 'PATCH', 'TRACE', 'SEARCH', 'PURGE', 'QUERY']),
      r.pick(KNOWN),
      [],
      r.pick(['', '{', r.text(50)]),
    ),
  'body where none belongs': (r) =>
    request(
      'POST',
      r.pick([...TAGGED, '/api/v1/posts', '/version']),
      ['Content-Type: application/json'],
      r.pick(['{', '{}', '[[[[', r.text(200)]),
    ),
  'unknown key': (r) =>
    request('GET', r.pick(KNOWN), [
      `Authorization: ${r.pick(['Bearer ', 'Basic ', '', 'bearer'])}${r.text(r.below(80))}`,
    ]),
  'unknown key on upload': (r) =>
    upload([`Authorization: Bearer mir_${r.text(8)}_${r.text(43)}`, 'Content-Type: application/json'], '{}'),
  'upload of a wrong type': (r) =>
    upload(
      [
        `Content-Type: ${r.pick(['text/plain', 'application/xml', 'multipart/form-data; boundary=a', 'application', '/', 'application/jsonx', 'application/json2; application/json', '*/*', 'application/x-www-form-urlencoded'])}`,
      ],
      r.text(1 + r.below(300)),
    ),
  'upload without a type': (r) => upload([], r.text(1 + r.below(300))),
  'empty upload': (r) =>
    upload(
      [`Content-Type: ${r.pick(['application/json', 'application/gzip'])}`, r.pick(['Content-Length: 0', 'X: y'])],
      '',
    ),
  'empty chunked upload': () =>
    `${upload(['Content-Type: application/json', 'Transfer-Encoding: chunked'], '')}0\r\n\r\n`,
  'upload beyond the limit': () =>
    `${upload(['Content-Type: application/json', 'Content-Length: 999999999999'], '')}{}`,
  'upload with a bad tag': (r) =>
    upload(
      ['Content-Type: application/json'],
      '{}',
      `?tag=${r.pick(['', '%23', 'a%20b', 'a'.repeat(140), 'a&tag=b', '%00'])}`,
    ),
  'upload with a bad idempotency key': (r) =>
    upload(
      ['Content-Type: application/json', `Idempotency-Key: ${r.pick(['1', r.text(36), r.text(2_000), '{}'])}`],
      '{}',
    ),
  'upload with unknown parameters': (r) => upload(['Content-Type: application/json'], '{}', `?${r.text(5)}=1`),
  'upload in broken chunks': (r) =>
    `${upload(['Content-Type: application/json', 'Transfer-Encoding: chunked'], '')}${r.pick(['zz\r\n{}\r\n', '-1\r\n', '5\r\nab', '\r\n\r\n'])}${r.text(10, 'xyz')}\r\n\r\n`,
  'length given twice': (r) =>
    upload(['Content-Type: application/json', 'Content-Length: 2', `Content-Length: ${3 + r.below(9)}`], '').replace(
      /$/,
      '{}',
    ),
  'length that is no number': (r) =>
    upload(['Content-Type: application/json', `Content-Length: ${r.pick(['-1', 'abc', '0x2', '2,3'])}`], '').replace(
      /$/,
      '{}',
    ),
  'length and chunks at once': () =>
    `${upload(['Content-Type: application/json', 'Transfer-Encoding: chunked', 'Content-Length: 4'], '')}0\r\n\r\n`,
  'no host': (r) => `GET ${r.pick(KNOWN)} HTTP/1.1\r\nX: ${r.text(5)}\r\n\r\n`,
  'unmeetable expectation': (r) => upload([`Expect: ${r.text(6)}`, 'Content-Type: application/json'], '{}'),
  'large headers': (r) => request('GET', r.pick(KNOWN), [`X-Large: ${r.text(1_000).repeat(18)}`]),
  'control bytes in a header': (r) =>
    request('GET', r.pick(KNOWN), [`X-A: ${r.pick(['\u0000', '\u0001', '\u007f', '\u0008'])}b`]),
  'header without a name': (r) => request('GET', r.pick(KNOWN), [r.pick([': b', ' : b', 'a b: c', 'a\u0000: b'])]),
  'not HTTP': (r) =>
    `${r.pick(['\u0016\u0003\u0001\u0002', 'FOO / HTTP/1.1', 'GET  / HTTP/1.1', 'GET / HTTP/9.9', 'PRI * HTTP/2.0\r\n\r\nSM', r.text(20), 'GET /'])}\r\n\r\n`,
};
