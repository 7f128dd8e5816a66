import { createHash } from 'node:crypto';

/**
 * The id of the import a tenant starts under an idempotency key: the same key always gives the same id, and one tenant's
 * keys say nothing about another's. UUID version 8 (RFC 9562 section 5.8) over SHA-256.
 */
export function importIdOf(tenant: string, idempotencyKey: string): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify([tenant, idempotencyKey.toLowerCase()]))
    .digest();
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
