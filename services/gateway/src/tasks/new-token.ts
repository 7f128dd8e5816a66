import { randomUUID } from 'node:crypto';

/** A token nobody can guess: the digits of a UUID version 4. */
export function newToken(): string {
  return randomUUID().replaceAll('-', '');
}
