import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { Inbox, INBOX_TABLE_SQL } from '../src/index.js';
import { transactional, type TransactionalDatabase } from './support/database.js';

describe('Inbox', () => {
  const sut = new Inbox();
  let schema: TestDatabase;
  let database: TransactionalDatabase;

  beforeAll(async () => {
    schema = await createTestDatabase('inbox');
    await schema.query(INBOX_TABLE_SQL);
    database = transactional(schema);
  });

  beforeEach(async () => {
    await schema.query('DELETE FROM inbox');
  });

  afterAll(async () => {
    await database?.close();
    await schema?.drop();
  });

  it('should accept an event once for each consumer', async () => {
    const id = uuidv7();
    const accept = (consumer: string) => database.transaction((tx) => sut.accept(tx, consumer, id));
    expect(await accept('a')).toBe(true);
    expect(await accept('a')).toBe(false);
    expect(await accept('b')).toBe(true);
  });

  it('should forget an acceptance that was rolled back', async () => {
    const id = uuidv7();
    await database
      .transaction(async (tx) => {
        expect(await sut.accept(tx, 'a', id)).toBe(true);
        throw new Error('no');
      })
      .catch((error: Error) => expect(error.message).toBe('no'));
    expect(await database.transaction((tx) => sut.accept(tx, 'a', id))).toBe(true);
  });

  it('should tell exactly which events of a batch are new', async () => {
    const [old, one, two] = [uuidv7(), uuidv7(), uuidv7()] as const;
    await database.transaction((tx) => sut.accept(tx, 'a', old));
    const accepted = await database.transaction((tx) => sut.acceptMany(tx, 'a', [two, old, one, one]));
    expect(accepted).toEqual(new Set([one, two]));
    expect(await database.transaction((tx) => sut.acceptMany(tx, 'a', []))).toEqual(new Set());
  });

  it('should give each event to exactly one of many concurrent transactions', async () => {
    const ids = Array.from({ length: 60 }, () => uuidv7());
    const won = await Promise.all(
      Array.from({ length: 12 }, (_, worker) => {
        // Overlapping windows, in a different order for every worker.
        const mine = ids.slice(worker * 3, worker * 3 + 30).sort(() => Math.random() - 0.5);
        return database.transaction(async (tx) => {
          const accepted = await sut.acceptMany(tx, 'a', mine);
          await new Promise((resolve) => setTimeout(resolve, 5));
          return [...accepted];
        });
      }),
    );
    const all = won.flat();
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBe(60);
  });

  it('should give the event to the second transaction when the first one rolls back', async () => {
    const id = uuidv7();
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const started = new Promise<void>((resolve) => {
      void database
        .transaction(async (tx) => {
          await sut.accept(tx, 'a', id);
          resolve();
          await held;
          throw new Error('roll back');
        })
        .catch(() => undefined);
    });
    await started;
    const second = database.transaction((tx) => sut.accept(tx, 'a', id));
    release();
    expect(await second).toBe(true);
  });

  it('should refuse keys the table would cut short', async () => {
    await expect(database.transaction((tx) => sut.accept(tx, 'a', 'x'.repeat(65)))).rejects.toThrow(RangeError);
    await expect(database.transaction((tx) => sut.accept(tx, '', 'x'))).rejects.toThrow(RangeError);
  });

  it('should tell apart ids that differ in case only', async () => {
    const accept = (id: string) => database.transaction((tx) => sut.accept(tx, 'a', id));
    expect([await accept('Id'), await accept('id')]).toEqual([true, true]);
  });
});
