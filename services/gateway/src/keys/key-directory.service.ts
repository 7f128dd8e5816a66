import { Injectable } from '@nestjs/common';
import { KeysUnavailableError, UnknownKeyError } from '../access/access.errors.js';
import type { CallerIdentity } from '../access/caller.js';
import { keyLookups } from '../gateway.metrics.js';
import { SCOPES, type Scope } from '../routes/route.js';
import { digestOf, isSameDigest, type ShownKey } from './api-key.js';
import { ApiKeyRepository } from './api-key.repository.js';
import type { ApiKeyRow } from './api-key.types.js';
import { within } from './within.js';

/** A key whose secret was shown. */
export interface KnownKey extends CallerIdentity {
  readonly requestsPerMinute: number;
  readonly ended: 'expired' | 'revoked' | undefined;
}

interface Remembered {
  readonly digest: Buffer;
  readonly key: KnownKey;
  readonly expiresAt: number;
  /** Of the monotonic clock, in milliseconds. */
  confirmedAt: number;
  /** Not asked again before, after the database did not answer. */
  askAgainAt: number;
}

/** How long a revoked key may go on working, in milliseconds. */
export const TRUST_MS = 10_000;
/** How long a known key goes on working while the database is away. Nobody can revoke one meanwhile. */
export const TRUST_WHILE_AWAY_MS = 60 * 60_000;
const ANSWER_WITHIN_MS = 1_500;
const PAUSE_WHILE_AWAY_MS = 2_000;
/** `last_used_at` is told to about this. */
const TOUCH_EVERY_MS = 5 * 60_000;
const MOST_REMEMBERED = 10_000;
const NO_DIGEST = Buffer.alloc(32);

/** The keys of callers: looked up by id, compared by digest, remembered for moments. */
@Injectable()
export class KeyDirectory {
  private readonly remembering = new Map<string, Remembered>();
  private readonly asking = new Map<string, Promise<ApiKeyRow | undefined>>();

  constructor(private readonly keys: ApiKeyRepository) {}

  /** The key, when it was confirmed moments ago or cannot be confirmed now; never waits. */
  remembered(shown: ShownKey): KnownKey | undefined {
    const known = this.remembering.get(shown.id);
    if (!known || !isSameDigest(known.digest, digestOf(shown.secret)) || known.expiresAt <= Date.now())
      return undefined;
    const now = performance.now();
    if (now - known.confirmedAt < TRUST_MS) return known.key;
    if (now - known.confirmedAt > TRUST_WHILE_AWAY_MS) return undefined;
    return now < known.askAgainAt ? known.key : undefined;
  }

  /**
   * Asks the database. An unknown id takes the same way as a known one with a wrong secret: one look-up, one comparison.
   *
   * @throws UnknownKeyError
   * @throws KeysUnavailableError when the database does not answer and the key was not known before
   */
  async find(shown: ShownKey): Promise<KnownKey> {
    const digest = digestOf(shown.secret);
    let row: ApiKeyRow | undefined;
    try {
      row = await within(ANSWER_WITHIN_MS, this.ask(shown.id));
    } catch (error) {
      keyLookups.inc({ outcome: 'away' });
      return this.trusted(shown.id, digest, error);
    }
    keyLookups.inc({ outcome: row ? 'found' : 'absent' });
    const matches = isSameDigest(row?.secret_hash ?? NO_DIGEST, digest);
    if (!row || !matches) throw new UnknownKeyError();
    return this.confirmed(row, digest);
  }

  /** Requests that show the same key at the same time share one question. */
  private ask(id: string): Promise<ApiKeyRow | undefined> {
    let asked = this.asking.get(id);
    if (!asked) {
      asked = this.keys.find(id).finally(() => this.asking.delete(id));
      this.asking.set(id, asked);
    }
    return asked;
  }

  private confirmed(row: ApiKeyRow, digest: Buffer): KnownKey {
    const key = knownKeyOf(row);
    this.remembering.delete(row.id);
    if (key.ended) return key;
    if (this.remembering.size >= MOST_REMEMBERED) this.remembering.delete(this.remembering.keys().next().value!);
    const expiresAt = row.expires_at?.getTime() ?? Infinity;
    this.remembering.set(row.id, { digest, key, expiresAt, confirmedAt: performance.now(), askAgainAt: 0 });
    // A note for people, not worth a failed request.
    if (Date.now() - (row.last_used_at?.getTime() ?? 0) > TOUCH_EVERY_MS)
      this.keys.touch(row.id).catch(() => undefined);
    return key;
  }

  private trusted(id: string, digest: Buffer, cause: unknown): KnownKey {
    const known = this.remembering.get(id);
    const now = performance.now();
    const usable = known && known.expiresAt > Date.now() && now - known.confirmedAt <= TRUST_WHILE_AWAY_MS;
    if (!usable || !isSameDigest(known.digest, digest)) throw new KeysUnavailableError(cause);
    known.askAgainAt = now + PAUSE_WHILE_AWAY_MS;
    return known.key;
  }
}

function knownKeyOf(row: ApiKeyRow): KnownKey {
  const given = new Set(row.scopes.split(' '));
  const expired = row.expires_at !== null && row.expires_at.getTime() <= Date.now();
  return {
    tenant: row.tenant,
    subject: row.id,
    // What this version does not know it cannot grant.
    scopes: new Set<Scope>(SCOPES.filter((scope) => scope === 'public' || given.has(scope))),
    requestsPerMinute: row.requests_per_minute,
    ended: row.revoked_at ? 'revoked' : expired ? 'expired' : undefined,
  };
}
