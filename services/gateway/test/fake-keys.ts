import { digestOf, keyText, newKey } from '../src/keys/api-key.js';
import type { ApiKeyRow } from '../src/keys/api-key.types.js';
import type { SharedWindow } from '../src/keys/key-window.repository.js';

/** Stands in for the two tables of keys; several gateways may share one. */
export class FakeKeys {
  /** The database does not answer. */
  away = false;
  lookups = 0;
  reservations = 0;
  private readonly byId = new Map<string, ApiKeyRow>();
  private readonly used = new Map<string, number>();

  readonly rows = {
    find: async (id: string): Promise<ApiKeyRow | undefined> => {
      this.lookups++;
      this.failWhenAway();
      return this.byId.get(id);
    },
    touch: async (id: string): Promise<void> => {
      this.failWhenAway();
      this.byId.get(id)!.last_used_at = new Date();
    },
  };

  readonly windows = {
    reserve: async (keyId: string, requests: number): Promise<SharedWindow> => {
      this.reservations++;
      this.failWhenAway();
      const used = (this.used.get(keyId) ?? 0) + requests;
      this.used.set(keyId, used);
      return { used, elapsedMs: 0 };
    },
  };

  /** @returns the key as a caller shows it */
  add(row: Partial<ApiKeyRow> & { scopes: string }): string {
    const key = newKey();
    this.byId.set(key.id, {
      id: key.id,
      secret_hash: digestOf(key.secret),
      tenant: 'acme',
      name: 'default',
      requests_per_minute: 600,
      created_at: new Date(),
      expires_at: null,
      revoked_at: null,
      last_used_at: null,
      ...row,
    });
    return keyText(key);
  }

  row(key: string): ApiKeyRow {
    return this.byId.get(key.split('_')[1]!)!;
  }

  private failWhenAway(): void {
    if (this.away) throw new Error('the database does not answer');
  }
}
