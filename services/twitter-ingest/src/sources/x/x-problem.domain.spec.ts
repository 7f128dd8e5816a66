import { describe, expect, it } from 'vitest';
import { parseAnswer, type XHeaders } from './x-answer.domain.js';
import { namedProblem, problemOf } from './x-problem.domain.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const context = { now: NOW, random: 0, archive: false };
const HTML = '<html><body>Over capacity</body></html>';

const answer = (status: number, body: unknown, headers: XHeaders = {}) =>
  parseAnswer(status, headers, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
const rate = (remaining: number, resetInSeconds: number, date?: string): XHeaders => ({
  'x-rate-limit-limit': '450',
  'x-rate-limit-remaining': String(remaining),
  'x-rate-limit-reset': String(NOW / 1_000 + resetInSeconds),
  ...(date !== undefined && { date }),
});
const problem = (type: string, more: object = {}) => ({ type: `https://api.x.com/2/problems/${type}`, ...more });

describe('problemOf', () => {
  it.each([
    ['400', 400, { errors: [{ parameters: { query: ['#'] }, message: 'Invalid query' }], ...problem('invalid-request') }, 'rejected-request', 'fail'],
    ['401', 401, { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' }, 'auth', 'halt-source'],
    ['402', 402, { title: 'CreditsDepleted', detail: 'no credits', ...problem('credits') }, 'credits', 'halt-source'],
    ['402 without a body', 402, '', 'credits', 'halt-source'],
    ['403', 403, problem('client-forbidden', { title: 'Client Forbidden' }), 'forbidden', 'halt-source'],
    ['404 in HTML', 404, HTML, 'malformed-answer', 'retry'],
    ['404 in JSON', 404, problem('resource-not-found', { detail: 'gone' }), 'rejected-request', 'fail'],
    ['409', 409, { title: 'ConnectionException', detail: 'rules must be set', connection_issue: 'RulesNotSet' }, 'no-rules', 'wait'],
    ['429 of the cap', 429, problem('usage-capped', { title: 'UsageCapExceeded', detail: 'Usage cap exceeded: Monthly product cap' }), 'usage-cap', 'halt-source'],
    ['429 of the stream', 429, { title: 'ConnectionException', connection_issue: 'TooManyConnections', ...problem('streaming-connection') }, 'too-many-connections', 'wait'],
    ['429 without headers', 429, { title: 'Too Many Requests' }, 'rate-window', 'retry'],
    ['500', 500, { title: 'Internal Error' }, 'upstream-unavailable', 'retry'],
    ['503 in HTML', 503, HTML, 'upstream-unavailable', 'retry'],
    ['503 in JSON', 503, problem('service-unavailable', { title: 'Service Unavailable' }), 'upstream-unavailable', 'retry'],
    ['302', 302, '', 'refused-address', 'retry'],
    ['200 in HTML', 200, HTML, 'malformed-answer', 'retry'],
  ] as const)('should know %s', (_name, status, body, reason, reaction) => {
    expect(problemOf(answer(status, body), context)).toMatchObject({ reason, reaction });
  }); // prettier-ignore

  it('should say what X said', () => {
    const sut = problemOf(answer(400, { errors: [{ message: 'Ambiguous use of and\nas a keyword' }] }), context);
    expect(sut.message).toBe('X has refused the request (400): Ambiguous use of and as a keyword');
  });

  it('should never show a page of HTML', () => {
    for (const status of [404, 503, 200]) expect(problemOf(answer(status, HTML), context).message).not.toContain('<');
  });

  it('should take the refusal of the full archive for this capture only', () => {
    const refusal = answer(403, problem('client-forbidden'));
    expect(problemOf(refusal, { ...context, archive: true })).toMatchObject({ reason: 'forbidden', reaction: 'stop-part' }); // prettier-ignore
  });

  it('should pause for the cap whatever the headers of the window say', () => {
    const sut = problemOf(answer(429, { title: 'UsageCapExceeded' }, rate(39_999, 300)), context);
    expect(sut).toMatchObject({ reason: 'usage-cap', untilCapReset: true });
    expect(sut.waitMs).toBeUndefined();
  });

  it.each(['https://api.twitter.com/2/problems/usage-capped', 'https://api.x.com/2/problems/usage-capped', 'https://developer.x.com/en/support#usage-capped'])(
    'should know the cap by the last segment of %s',
    (type) => {
      expect(problemOf(answer(429, { type }), context).reason).toBe('usage-cap');
    },
  ); // prettier-ignore

  describe('a used up window', () => {
    const waitOf = (headers: XHeaders, random = 0) => problemOf(answer(429, {}, headers), { ...context, random });

    it('should wait until it is over, and a little longer at random', () => {
      expect(waitOf(rate(0, 120))).toMatchObject({ reason: 'rate-window', reaction: 'wait', waitMs: 120_000 });
      expect(waitOf(rate(0, 120), 1).waitMs).toBe(123_000);
    });

    it('should trust the clock of X and not ours', () => {
      const theirs = new Date(NOW + 3_600_000).toUTCString();
      expect(waitOf(rate(0, 3_600 + 60, theirs)).waitMs).toBe(60_000);
    });

    it('should never wait longer than a window or less than a second', () => {
      expect(waitOf(rate(0, 86_400), 1).waitMs).toBe(900_000);
      expect(waitOf(rate(0, -86_400)).waitMs).toBe(1_000);
    });

    it('should wait a second or two when only the rate of a second is reached', () => {
      expect(waitOf(rate(17, 600))).toMatchObject({ reason: 'rate-second', reaction: 'wait', waitMs: 1_000 });
      expect(waitOf(rate(17, 600), 1).waitMs).toBe(2_000);
    });

    it('should follow Retry-After where the headers of the window are missing', () => {
      expect(waitOf({ 'retry-after': '7' })).toMatchObject({ reaction: 'wait', waitMs: 7_000 });
    });

    it.each(['NaN', '', '-1', '1e9', '99999999999999'])('should make nothing of a reset of "%s"', (reset) => {
      expect(waitOf({ ...rate(0, 60), 'x-rate-limit-reset': reset })).toMatchObject({ reaction: 'retry' });
    });
  });
});

describe('namedProblem', () => {
  it('should know the disconnect that comes inside a stream', () => {
    const line = { errors: [{ title: 'operational-disconnect', disconnect_type: 'UpstreamOperationalDisconnect', ...problem('operational-disconnect') }] }; // prettier-ignore
    expect(namedProblem(line)).toMatchObject({ reason: 'upstream-unavailable', reaction: 'retry' });
  });

  it.each([null, 5, 'x', [], [null], { errors: [null, 5, 'x', []] }, { errors: { type: 5 } }, { type: '/////' }])(
    'should make nothing of %j',
    (body) => {
      expect(namedProblem(body)).toBeNull();
    },
  );
});
