import { RpcException } from '@nestjs/microservices';
import { describe, expect, it } from 'vitest';
import { CodedError, type ErrorKind } from '#libs/kernel';
import { errorFromWire, errorToWire, outcomeOf } from './rpc-errors.js';

describe('errorToWire', () => {
  it('should carry a coded error over the wire and back', () => {
    const sent = new CodedError('A.B', 'gone', 'it is gone', { details: { id: 1 }, retryAfterMs: 5, cause: 'secret' });
    const wire = JSON.parse(JSON.stringify(errorToWire(sent))) as unknown;
    const received = errorFromWire(wire);
    expect(received).toBeInstanceOf(CodedError);
    expect(received).toMatchObject({
      code: 'A.B',
      kind: 'gone',
      message: 'it is gone',
      details: { id: 1 },
      retryAfterMs: 5,
    });
    expect(JSON.stringify(wire)).not.toContain('secret');
  });

  it.each([
    new Error('secret'),
    new TypeError('secret'),
    'secret',
    { message: 'secret' },
    { status: 'error', message: 'Internal server error' },
    Object.assign(new Error('secret'), { status: 'error' }),
    7,
    null,
    undefined,
  ])('should not tell what went wrong inside (%#)', (error) => {
    const wire = typeof error === 'string' ? errorToWire(new Error(error)) : errorToWire(error);
    expect(wire).toMatchObject({ code: 'INTERNAL', kind: 'internal' });
    expect(JSON.stringify(wire)).not.toContain('secret');
  });

  it('should show what an RpcException says', () => {
    expect(errorToWire(new RpcException('no'))).toMatchObject({ code: 'RPC.REFUSED', message: 'no' });
    expect(errorToWire(new RpcException({ code: 'A.B', kind: 'conflict', message: 'm' }))).toMatchObject({
      code: 'A.B',
      kind: 'conflict',
    });
    expect(errorToWire({ status: 'error', message: 'Forbidden resource' })).toMatchObject({ kind: 'forbidden' });
  });
});

describe('errorFromWire', () => {
  it.each([
    ['text', 'text'],
    [{ status: 'error', message: 'of Nest' }, 'of Nest'],
    [{ anything: 1 }, 'the service answered with an error'],
  ])('should make an error of whatever a service answers (%#)', (err, message) => {
    expect(errorFromWire(err)).toMatchObject({ code: 'RPC.REMOTE_ERROR', message });
  });
});

describe('outcomeOf', () => {
  it.each<[ErrorKind | undefined, string]>([
    [undefined, 'success'],
    ['internal', 'error'],
    ['unavailable', 'error'],
    ['timeout', 'timeout'],
    ['invalid', 'rejected'],
    ['not-found', 'rejected'],
  ])('should count %s as %s', (kind, outcome) => {
    expect(outcomeOf(kind)).toBe(outcome);
  });
});
