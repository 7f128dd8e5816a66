import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { digestOf, newKey } from '../src/keys/api-key.js';
import { ApiKeyRepository } from '../src/keys/api-key.repository.js';
import type { NewApiKey } from '../src/keys/api-key.types.js';
import { KeyDirectory } from '../src/keys/key-directory.service.js';
import { KeyLimit } from '../src/keys/key-limit.service.js';
import { KeyWindowRepository } from '../src/keys/key-window.repository.js';
import { createKeysDatabase, type KeysDatabase } from './keys-database.js';

let database: KeysDatabase;

beforeAll(async () => {
  database = await createKeysDatabase();
});

afterAll(() => database?.close());

function draft(overrides: Partial<NewApiKey> = {}): { key: ReturnType<typeof newKey>; row: NewApiKey } {
  const key = newKey();
  const row: NewApiKey = {
    id: key.id,
    secretHash: digestOf(key.secret),
    tenant: 'acme',
    name: key.id,
    scopes: ['posts:read', 'archives:write'],
    requestsPerMinute: 600,
    expiresAt: null,
    ...overrides,
  };
  return { key, row };
}

async function secondOfTheDatabase(): Promise<number> {
  const [row] = await database.schema.query<{ second: number }>('SELECT SECOND(NOW()) AS `second`');
  return row!.second;
}

/** So that what a test reserves is of one minute. */
function awayFromTheEndOfAMinute(): Promise<void> {
  return eventually(async () => expect(await secondOfTheDatabase()).toBeLessThan(45), { timeoutMs: 20_000 });
}

describe('ApiKeyRepository', () => {
  it('should keep a digest and no secret', async () => {
    const sut = new ApiKeyRepository(database.transactions);
    const { key, row } = draft({ expiresAt: new Date('2030-01-01T00:00:00Z') });
    await sut.addUnlessLive(row, 2);
    const stored = (await sut.find(key.id))!;
    expect(stored).toMatchObject({ tenant: 'acme', scopes: 'posts:read archives:write', requests_per_minute: 600 });
    expect(stored.secret_hash.equals(digestOf(key.secret))).toBe(true);
    expect(stored.expires_at?.toISOString()).toBe('2030-01-01T00:00:00.000Z');
    expect(Math.abs(stored.created_at.getTime() - Date.now())).toBeLessThan(60_000);
    expect(JSON.stringify(stored)).not.toContain(key.secret);
  });

  it('should allow two live keys of one name, and a third when one has ended', async () => {
    const sut = new ApiKeyRepository(database.transactions);
    const add = (expiresAt: Date | null = null) =>
      sut.addUnlessLive(draft({ tenant: 'rotating', name: 'ci', expiresAt }).row, 2);
    expect(await add(new Date(Date.now() - 1_000))).toBeUndefined();
    expect(await add()).toBeUndefined();
    expect(await add()).toBeUndefined();
    expect(await add()).toBe(2);
    const [, live] = (await sut.list('rotating')).sort((a, b) => Number(b.expires_at) - Number(a.expires_at));
    expect(await sut.revoke(live!.id)).toBe(true);
    expect(await add()).toBeUndefined();
    expect(await sut.revoke('nobody')).toBe(false);
  });

  it('should not let ids differ by case only', async () => {
    const sut = new ApiKeyRepository(database.transactions);
    const { key, row } = draft();
    await sut.addUnlessLive(row, 2);
    expect(await sut.find(key.id.toUpperCase())).toBeUndefined();
  });

  it('should show the directory the key, and a revoked one as ended', async () => {
    const sut = new ApiKeyRepository(database.transactions);
    const { key, row } = draft();
    await sut.addUnlessLive(row, 2);
    expect(await new KeyDirectory(sut).find(key)).toMatchObject({
      tenant: 'acme',
      subject: key.id,
      ended: undefined,
      scopes: new Set(['public', 'posts:read', 'archives:write']),
    });
    await sut.revoke(key.id);
    expect((await new KeyDirectory(sut).find(key)).ended).toBe('revoked');
  });
});

describe('KeyWindowRepository', () => {
  it('should add up what several reserve, and tell the time of the database', async () => {
    const sut = new KeyWindowRepository(database.transactions);
    await awayFromTheEndOfAMinute();
    const first = await sut.reserve('adds', 60);
    expect(first.used).toBe(60);
    const rest = await Promise.all(Array.from({ length: 20 }, () => sut.reserve('adds', 5)));
    expect(Math.max(...rest.map(({ used }) => used))).toBe(160);
    expect(new Set(rest.map(({ used }) => used)).size).toBe(20);
    const now = await secondOfTheDatabase();
    expect(Math.abs(rest[0]!.elapsedMs / 1_000 - now)).toBeLessThan(5);
  });

  it('should begin anew with the next minute', async () => {
    const sut = new KeyWindowRepository(database.transactions);
    await sut.reserve('anew', 100);
    await database.schema.query("UPDATE key_window SET minute = minute - 1 WHERE key_id = 'anew'");
    expect((await sut.reserve('anew', 7)).used).toBe(7);
  });
});

describe('KeyLimit', () => {
  it('should let no more through than the limit over three gateways, and nearly all of it', async () => {
    const shared = new KeyWindowRepository(database.transactions);
    let writes = 0;
    const counted = {
      reserve: (key: string, requests: number) => {
        writes++;
        return shared.reserve(key, requests);
      },
    } as KeyWindowRepository;
    await awayFromTheEndOfAMinute();
    const gateways = [1, 2, 3].map(() => new KeyLimit(counted));
    let allowed = 0;
    for (let round = 0; round < 300; round++) {
      const standings = await Promise.all(gateways.map((sut) => sut.take('three', 600)));
      allowed += standings.filter((standing) => standing.allowed).length;
    }
    expect(allowed).toBe(600);
    expect(writes).toBeLessThan(100);
  });
});
