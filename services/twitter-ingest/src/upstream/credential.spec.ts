import { describe, expect, it } from 'vitest';
import { credentialOf } from './credential.js';

describe('credentialOf', () => {
  it('should tell tokens and hosts apart, be the same every time and show nothing of the token', () => {
    const name = credentialOf('https://api.x.com', 'AAAA-token');
    expect(name).toBe(credentialOf('https://api.x.com', 'AAAA-token'));
    expect(name).toMatch(/^[0-9a-f]{16}$/);
    expect(name).not.toBe(credentialOf('https://api.x.com', 'AAAA-token2'));
    expect(name).not.toBe(credentialOf('http://127.0.0.1:1', 'AAAA-token'));
  });
});
