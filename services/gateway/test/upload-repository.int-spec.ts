import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UploadRepository } from '../src/uploads/upload.repository.js';
import { createKeysDatabase, type KeysDatabase } from './keys-database.js';

const QUOTA = { bytes: 100, uploads: 5 };

describe(UploadRepository.name, () => {
  let database: KeysDatabase;
  let sut: UploadRepository;

  beforeAll(async () => {
    database = await createKeysDatabase();
    sut = new UploadRepository(database.transactions);
  });

  afterAll(() => database?.close());

  const add = async (tenant: string, bytes: number, hours = 1) => {
    const id = randomUUID();
    await sut.add({ id, tenant, bytes, metadata: 'filename YQ==' }, QUOTA, hours);
    await sut.setHandle(id, 'handle');
    return id;
  };

  it('should give back what was noted, to its tenant', async () => {
    const id = await add('acme', 42);
    const row = await sut.find(id, 'acme');
    expect(row).toMatchObject({ id, tenant: 'acme', bytes: 42, metadata: 'filename YQ==', handle: 'handle' });
    expect(row).toMatchObject({ sha256: null, crc32: null, expired: false });
    expect(row!.expires_at.getTime() - row!.created_at.getTime()).toBe(3_600_000);
    expect(await sut.find(id, 'globex')).toBeUndefined();
    await sut.setMarks(id, { sha256: 'a'.repeat(64), crc32: 0xffff_ffff, bytes: 42 });
    expect(await sut.find(id, 'acme')).toMatchObject({ sha256: 'a'.repeat(64), crc32: 0xffff_ffff });
    await sut.remove(id);
    expect(await sut.isKnown(id)).toBe(false);
  });

  it('should keep lengths beyond 32 bits', async () => {
    const id = randomUUID();
    const bytes = 20 * 1024 ** 3;
    await sut.add({ id, tenant: 'large', bytes, metadata: '' }, { bytes, uploads: 1 }, 1);
    expect((await sut.find(id, 'large'))!.bytes).toBe(bytes);
  });

  it('should never let two at a time have the same rest of a quota', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => add('crowd', 30)));
    const refused = tries.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused).toHaveLength(5);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'UPLOADS.QUOTA' });
    for (let file = 0; file < 2; file++) await add('crowd', 0);
    await expect(add('crowd', 0)).rejects.toMatchObject({ details: { quota_uploads: 5 } });
  });

  it('should let one hold an upload, until it lets go or dies', async () => {
    const id = await add('holders', 1);
    expect(await sut.hold(id, 'first', 60)).toBe(true);
    expect(await sut.hold(id, 'second', 60)).toBe(false);
    expect(await sut.hold(id, 'first', 60)).toBe(true);
    await sut.release(id, 'second', 1);
    expect(await sut.hold(id, 'second', 60)).toBe(false);
    await sut.release(id, 'first', 1);
    expect(await sut.hold(id, 'second', 0)).toBe(true);
    expect(await sut.hold(id, 'third', 60)).toBe(true);
    expect(await sut.hold(randomUUID(), 'first', 60)).toBe(false);
  });

  it('should name what is over, but not what is being written', async () => {
    const [over, held, young] = [await add('times', 1, 0), await add('times', 1, 0), await add('times', 1)];
    await sut.hold(held, 'holder', 60);
    const ids = (await sut.expired(100)).map(({ id }) => id);
    expect(ids).toContain(over);
    expect(ids).not.toContain(held);
    expect(ids).not.toContain(young);
    expect((await sut.find(over, 'times'))!.expired).toBe(true);
    await sut.release(held, 'holder', 1);
    expect((await sut.find(held, 'times'))!.expired).toBe(false);
  });

  it('should page through uploads of a tenant, newest first', async () => {
    const ids = [];
    for (let file = 0; file < 5; file++) ids.push(await add('pages', 1));
    const seen: string[] = [];
    let before: { createdAt: Date; id: string } | undefined;
    for (;;) {
      const [row] = await sut.list('pages', 1, before);
      if (!row) break;
      seen.push(row.id);
      before = { createdAt: row.created_at, id: row.id };
    }
    expect(seen.toSorted()).toEqual(ids.toSorted());
    const all = (await sut.list('pages', 10, undefined)).map(({ id }) => id);
    expect(all).toEqual(seen);
  });
});
