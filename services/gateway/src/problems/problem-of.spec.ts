import { describe, expect, it } from 'vitest';
import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { CodedError, type ErrorKind } from '#libs/kernel';
import { MethodNotAllowedError } from '../routes/route.errors.js';
import { codedErrorOf } from './coded-error-of.js';
import { problemOf } from './problem-of.js';

describe('problemOf', () => {
  it.each<[ErrorKind, number]>([
    ['invalid', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['gone', 410],
    ['too-large', 413],
    ['unsupported', 415],
    ['rate-limited', 429],
    ['internal', 500],
    ['unavailable', 503],
    ['timeout', 504],
  ])('should answer %s with %i', (kind, status) => {
    const { problem, headers } = problemOf(new CodedError('A.B', kind, 'said'), '/x', 'trace');
    expect(problem).toMatchObject({ type: 'about:blank', status, code: 'A.B', instance: '/x', trace_id: 'trace' });
    expect(problem.title).not.toBe('');
    expect('retry-after' in headers).toBe([429, 503, 504].includes(status));
  });

  it('should round the waiting time up to whole seconds and never say zero', () => {
    const wait = (retryAfterMs: number) =>
      problemOf(new CodedError('A.B', 'unavailable', '', { retryAfterMs }), '/', undefined).headers['retry-after'];
    expect([wait(0), wait(1), wait(1_001)]).toEqual(['1', '1', '2']);
  });

  it('should keep to itself what internal errors and the inside of the system say', () => {
    const said = (code: string, kind: ErrorKind) => problemOf(new CodedError(code, kind, 'db-7:3306'), '/', '').problem;
    expect(said('X.Y', 'internal').detail).not.toContain('db-7');
    expect(said('RPC.UNAVAILABLE', 'unavailable').detail).not.toContain('db-7');
    expect(said('UPLOAD.TOO_MANY', 'unavailable').detail).toContain('db-7');
  });

  it('should carry Allow and field errors, but no other details', () => {
    expect(problemOf(new MethodNotAllowedError(['GET', 'HEAD']), '/', '')).toMatchObject({
      problem: { status: 405 },
      headers: { allow: 'GET, HEAD' },
    });
    const errors = [{ where: 'query.a', message: 'bad' }];
    const { problem } = problemOf(new CodedError('A.B', 'invalid', '', { details: { errors, table: 'x' } }), '/', '');
    expect(problem.errors).toEqual(errors);
    expect(JSON.stringify(problem)).not.toContain('table');
  });
});

describe('codedErrorOf', () => {
  it.each([
    [new NotFoundException('x'), 'not-found'],
    [new BadRequestException('x'), 'invalid'],
    [new HttpException('x', 418), 'invalid'],
    [new HttpException('x', 502), 'internal'],
    [new Error('x'), 'internal'],
    ['a string', 'internal'],
    [null, 'internal'],
    [undefined, 'internal'],
    [Object.assign(new Error('x'), { code: 'FST_ERR_BAD_URL', statusCode: 400 }), 'invalid'],
    [Object.assign(new Error('x'), { code: 'ENOENT' }), 'internal'],
  ])('should give %s the kind %s', (error, kind) => {
    const coded = codedErrorOf(error);
    expect(coded.kind).toBe(kind);
    expect(coded.message).not.toBe('x');
  });
});
