import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';

/** A new key, in the form of Standard Webhooks: 32 random bytes in base64 behind a prefix that scanners know. */
export function newSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

/**
 * Headers of a call: id, time and signature as in Standard Webhooks 1.0. The signature is HMAC-SHA256 over
 * `<id>.<seconds>.<body>`; the receiver compares it, refuses old times, and does nothing twice for one id.
 */
export function signatureHeaders(id: string, at: Date, body: string, secret: string): Record<string, string> {
  const seconds = Math.floor(at.getTime() / 1_000);
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` };
}
