import { describe, expect, it } from 'vitest';
import { newSecret, signatureHeaders } from './signature.js';

describe('signatureHeaders', () => {
  it('should sign as the test vector of Standard Webhooks says', () => {
    const sut = signatureHeaders(
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      new Date(1_614_265_330_000),
      '{"test": 2432232314}',
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    );

    expect(sut).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });
});

describe('newSecret', () => {
  it('should have 32 random bytes', () => {
    const [one, other] = [newSecret(), newSecret()];
    expect(Buffer.from(one.slice('whsec_'.length), 'base64')).toHaveLength(32);
    expect(other).not.toBe(one);
  });
});
