import { request, type Generator } from './malformed-requests.js';
import type { Random } from './random.js';

const CAPTURE = '/api/v1/captures';
const CAPTURE_PATH = `${CAPTURE}/019a3f0e-7b10-7d21-8a44-5e0d1c2b3a49`;

const json = (random: Random, body: string, type = 'application/json') =>
  random.below(3) > 0
    ? request('POST', CAPTURE, [`Content-Type: ${type}`], body)
    : request('PATCH', CAPTURE_PATH, [`Content-Type: ${type}`], body);

const start = (body: string) => request('POST', CAPTURE, ['Content-Type: application/json'], body);

const VALUES = [
  'null',
  '{}',
  '[]',
  '[[1]]',
  '""',
  '"\\u0000"',
  '-1',
  '1e308',
  '0.1',
  'true',
  '{"$gt":1}',
  '"a b"',
  '["x",1]',
];

/** Bodies of JSON routes that must be refused whatever the dice say, and must start or change nothing. */
export const MALFORMED_BODIES: Record<string, Generator> = {
  'not JSON': (r) =>
    json(
      r,
      r.pick(['{', '}', '{"tag"', '{"tag":}', "{'tag':'a'}", '{tag:1}', 'tag=a', '<a/>', r.text(1 + r.below(200))]),
    ),
  'cut JSON': (r) => {
    const whole = '{"tag":"fog","sources":["x"],"mode":"follow","every":"30s","budget_usd":2}';
    return json(r, whole.slice(0, 1 + r.below(whole.length - 1)));
  },
  'JSON with a changed byte': (r) => {
    const whole = '{"tag":"fog","sources":["x"]}';
    // Structure, not content: every one of these breaks the grammar or a name.
    const at = r.pick([0, 1, 5, 6, 11, 12, 13, 20, 21, 22, 23, 25, 26, 27]);
    return start(whole.slice(0, at) + r.pick(['\u0001', '\u0080', '\\', '#']) + whole.slice(at + 1));
  },
  'JSON that is no object': (r) => json(r, r.pick(['null', '1', '"tag"', '[]', '[{"tag":"a"}]', 'true', '-0'])),
  'empty body': (r) => json(r, ''),
  'blank body': (r) => json(r, r.pick([' ', '\n', '\t \r\n'])),
  'two values': (r) => json(r, `{"tag":"fog"}${r.pick([' {}', ',', '1', 'x', '{"tag":"fog"}'])}`),
  'a name twice': (r) =>
    json(r, `{"tag":"fog","paused":true,"${r.pick(['tag', 'paused', '\\u0074ag', 'pa\\u0075sed'])}":1}`),
  'a poisoned prototype': (r) =>
    json(r, `{"tag":"fog","paused":true,"${r.pick(['__proto__', '\\u005f_proto__'])}":{"a":1}}`),
  'a field of every object': (r) =>
    json(r, `{"tag":"fog","paused":true,"${r.pick(['constructor', 'toString', 'hasOwnProperty'])}":{}}`),
  'an unknown field': (r) => json(r, `{"tag":"fog","paused":true,"${r.text(6, 'abcxyz')}q":1}`),
  'very deep': (r) => json(r, r.pick(['[', '{"a":']).repeat(17 + r.below(5_000))),
  'deep but closed': (r) => {
    const depth = 17 + r.below(500);
    return json(r, `{"tag":${'['.repeat(depth)}${']'.repeat(depth)}}`);
  },
  'a bad tag': (r) => start(`{"tag":${r.pick([...VALUES, '"#"', '"a/b"', `"${'a'.repeat(140)}"`])}}`),
  'no tag': (r) => start(r.pick(['{}', '{"mode":"once"}', '{"sources":["x"]}'])),
  'bad sources': (r) =>
    start(
      `{"tag":"fog","sources":${r.pick([...VALUES.filter((v) => v !== '[]'), '[]', '["x","x"]', '["X"]', '["x-simulator"]', '["x","mastodon","bluesky","x"]'])}}`,
    ),
  'a bad mode': (r) => start(`{"tag":"fog","mode":${r.pick([...VALUES, '"FOLLOW"', '"once "'])}}`),
  'a bad interval': (r) =>
    start(`{"tag":"fog","mode":"follow","every":${r.pick([...VALUES, '9', '"9s"', '"2d"', '86401', '"1h30m"'])}}`),
  'an interval without following': () => start('{"tag":"fog","every":"30s"}'),
  'a bad start': (r) =>
    start(`{"tag":"fog","from":${r.pick([...VALUES, '"yesterday"', '"2026-02-30T00:00:00Z"', '"2026-01-01"'])}}`),
  'a bad budget': (r) =>
    start(
      `{"tag":"fog","budget_usd":${r.pick(['null', '{}', '[]', '"2"', '-1', '-0.01', '1000001', '1e308', 'true'])}}`,
    ),
  'a change of nothing': () => request('PATCH', CAPTURE_PATH, ['Content-Type: application/json'], '{}'),
  'a bad change': (r) =>
    request(
      'PATCH',
      CAPTURE_PATH,
      ['Content-Type: application/json'],
      `{"paused":${r.pick(['1', '"true"', 'null', '[]', '{}'])}}`,
    ),
  'an id that is none': (r) =>
    request(
      r.pick(['PATCH', 'DELETE']),
      `${CAPTURE}/${r.pick(['1', r.text(36), '%00', 'null'])}`,
      ['Content-Type: application/json'],
      '{"paused":true}',
    ),
  'a wrong type': (r) =>
    json(
      r,
      '{"tag":"fog","paused":true}',
      r.pick([
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/jsonp',
        'application/json; charset=utf-16',
        'application/json; charset=latin1',
        '*/*',
      ]),
    ),
  'no type': () => request('POST', CAPTURE, [], '{"tag":"fog"}'),
  'a compressed body': (r) =>
    request(
      'POST',
      CAPTURE,
      ['Content-Type: application/json', `Content-Encoding: ${r.pick(['gzip', 'br', 'zstd', 'x'])}`],
      '{"tag":"fog"}',
    ),
  'bad UTF-8': (r) => start(`{"tag":"fo${r.pick(['\u00ff', '\u00c0\u00af', '\u00ed\u00a0\u0080', '\u00f0\u009f'])}g"}`),
  'half a surrogate pair': (r) => start(`{"tag":"${r.pick(['\\ud800', '\\udc00', '\\ud83d\\ud83d'])}"}`),
  'a large body': (r) => start(`{"tag":"fog","from":"${r.text(1_000).repeat(66)}"}`),
  'a large body in chunks': (r) => {
    const chunk = `1000\r\n${r.text(4_096)}\r\n`;
    return `${request('POST', CAPTURE, ['Content-Type: application/json', 'Transfer-Encoding: chunked'])}${chunk.repeat(20)}0\r\n\r\n`;
  },
  'a bad idempotency key': (r) =>
    request(
      'POST',
      CAPTURE,
      ['Content-Type: application/json', `Idempotency-Key: ${r.pick(['1', r.text(36), '{}'])}`],
      '{"tag":"fog"}',
    ),
};
