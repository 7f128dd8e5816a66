import { createHash } from 'node:crypto';

/**
 * Names a credential without telling it: quota, halts and stream leads belong to it. Bearer tokens are long and random,
 * so a plain hash of one cannot be guessed back.
 */
export function credentialOf(baseUrl: string, token: string): string {
  return createHash('sha256').update(`mirante-upstream\n${baseUrl}\n${token}`).digest('hex').slice(0, 16);
}
