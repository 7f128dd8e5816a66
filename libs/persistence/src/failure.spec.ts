import { describe, expect, it } from 'vitest';
import { isConnectionFailure, retryReason } from './failure.js';

describe('retryReason', () => {
  it('should find the errno of the driver inside a wrapped error', () => {
    expect(retryReason({ driverError: { errno: 1213 } })).toBe('deadlock');
    expect(retryReason({ errno: 1205 })).toBe('lock_wait_timeout');
  });

  it('should not retry anything else', () => {
    expect(retryReason({ errno: 1062 })).toBeUndefined();
    expect(retryReason(undefined)).toBeUndefined();
  });
});

describe('isConnectionFailure', () => {
  it('should know a lost connection and a full queue', () => {
    expect(isConnectionFailure({ driverError: { code: 'PROTOCOL_CONNECTION_LOST' } })).toBe(true);
    expect(isConnectionFailure(new Error('Queue limit reached.'))).toBe(true);
  });

  it('should not take a bad statement for one', () => {
    expect(isConnectionFailure({ code: 'ER_PARSE_ERROR', errno: 1064 })).toBe(false);
  });
});
