import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** A key as a caller shows it: `mir_<id>_<secret>`. The prefix lets scanners of repositories find keys that got lost. */
export interface ShownKey {
  readonly id: string;
  readonly secret: string;
}

const ID_LENGTH = 12;
const ID_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const SECRET_BYTES = 32;

/** Bearer is case-insensitive (RFC 9110 section 11.1); 43 characters are 32 bytes in base64url. */
const AUTHORIZATION = /^bearer +mir_([A-Za-z0-9]{8,32})_([A-Za-z0-9_-]{43})$/i;

/** @returns undefined for anything that is not the bearer of one of our keys */
export function parseAuthorization(header: string | undefined): ShownKey | undefined {
  const [, id, secret] = AUTHORIZATION.exec(header ?? '') ?? [];
  return id !== undefined && secret !== undefined ? { id, secret } : undefined;
}

/** A new key. The id is no secret: it stands in logs and listings. */
export function newKey(): ShownKey {
  const id = Array.from({ length: ID_LENGTH }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join('');
  return { id, secret: randomBytes(SECRET_BYTES).toString('base64url') };
}

export function keyText({ id, secret }: ShownKey): string {
  return `mir_${id}_${secret}`;
}

/** SHA-256 of the secret. 256 random bits need no slow hash: there is nothing to guess them from. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Compares in constant time. */
export function isSameDigest(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
