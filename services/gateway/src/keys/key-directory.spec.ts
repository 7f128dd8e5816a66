import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeysUnavailableError, UnknownKeyError } from '../access/access.errors.js';
import { digestOf, newKey } from './api-key.js';
import type { ApiKeyRepository } from './api-key.repository.js';
import type { ApiKeyRow } from './api-key.types.js';
import { KeyDirectory, TRUST_MS, TRUST_WHILE_AWAY_MS } from './key-directory.service.js';

describe('KeyDirectory', () => {
  const key = newKey();
  let row: ApiKeyRow;
  let away: boolean;
  let sut: KeyDirectory;
  const find = vi.fn<ApiKeyRepository['find']>();
  const touch = vi.fn<ApiKeyRepository['touch']>();

  beforeEach(() => {
    vi.useFakeTimers();
    away = false;
    row = {
      id: key.id,
      secret_hash: digestOf(key.secret),
      tenant: 'acme',
      name: 'default',
      scopes: 'posts:read from:the-future',
      requests_per_minute: 600,
      created_at: new Date(),
      expires_at: null,
      revoked_at: null,
      last_used_at: null,
    };
    find.mockReset().mockImplementation(async (id) => {
      if (away) throw new Error('away');
      return id === key.id ? row : undefined;
    });
    touch.mockReset().mockResolvedValue(undefined);
    sut = new KeyDirectory({ find, touch } as unknown as ApiKeyRepository);
  });

  afterEach(() => vi.useRealTimers());

  it('should grant what it knows of the scopes', async () => {
    expect([...(await sut.find(key)).scopes]).toEqual(['public', 'posts:read']);
  });

  it('should remember a key for moments, and only with its secret', async () => {
    expect(sut.remembered(key)).toBeUndefined();
    await sut.find(key);
    vi.advanceTimersByTime(TRUST_MS - 1);
    expect(sut.remembered(key)?.subject).toBe(key.id);
    expect(sut.remembered({ ...key, secret: newKey().secret })).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(sut.remembered(key)).toBeUndefined();
  });

  it('should stop a revoked key within the trust it was given', async () => {
    await sut.find(key);
    row = { ...row, revoked_at: new Date() };
    vi.advanceTimersByTime(TRUST_MS);
    expect((await sut.find(key)).ended).toBe('revoked');
    expect(sut.remembered(key)).toBeUndefined();
  });

  it('should stop a key at the moment it runs out, also one that is remembered', async () => {
    row.expires_at = new Date(Date.now() + 1_000);
    await sut.find(key);
    vi.advanceTimersByTime(999);
    expect(sut.remembered(key)).toBeDefined();
    vi.advanceTimersByTime(1);
    expect(sut.remembered(key)).toBeUndefined();
    away = true;
    await expect(sut.find(key)).rejects.toThrow(KeysUnavailableError);
  });

  it('should trust a known key for an hour while the database is away, asking now and then', async () => {
    await sut.find(key);
    away = true;
    vi.advanceTimersByTime(TRUST_MS);
    expect(sut.remembered(key)).toBeUndefined();
    expect((await sut.find(key)).subject).toBe(key.id);
    expect(sut.remembered(key)).toBeDefined();
    await expect(sut.find({ ...key, secret: newKey().secret })).rejects.toThrow(KeysUnavailableError);
    vi.advanceTimersByTime(TRUST_WHILE_AWAY_MS);
    expect(sut.remembered(key)).toBeUndefined();
    await expect(sut.find(key)).rejects.toThrow(KeysUnavailableError);
  });

  it('should call neither good nor bad what a silent database does not tell', async () => {
    find.mockReturnValue(new Promise(() => undefined));
    const refusal = sut.find(key).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await refusal).toBeInstanceOf(KeysUnavailableError);
  });

  it('should refuse an unknown id and a wrong secret in the same words', async () => {
    await expect(sut.find(newKey())).rejects.toThrow(new UnknownKeyError());
    await expect(sut.find({ ...key, secret: newKey().secret })).rejects.toThrow(new UnknownKeyError());
    expect(find).toHaveBeenCalledTimes(2);
  });

  it('should ask once for many requests with the same key', async () => {
    await Promise.all(Array.from({ length: 20 }, () => sut.find(key)));
    expect(find).toHaveBeenCalledTimes(1);
  });

  it('should write the last use down now and then, and not fail when it cannot', async () => {
    touch.mockRejectedValue(new Error('read only'));
    await sut.find(key);
    expect(touch).toHaveBeenCalledTimes(1);
    row.last_used_at = new Date();
    await sut.find(key);
    expect(touch).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(5 * 60_000 + 1);
    await sut.find(key);
    expect(touch).toHaveBeenCalledTimes(2);
  });
});
