import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#libs/config';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import {
  DatabaseUnavailableError,
  Databases,
  DialectMismatchError,
  TransactionRunner,
  assertDialect,
  createDataSource,
  databaseConfigSchema,
  insertAbsentRows,
  insertRows,
  type DatabaseConfig,
} from '../src/index.js';

describe('persistence on a real server', () => {
  let database: TestDatabase;
  let config: DatabaseConfig;
  let databases: Databases;
  let sut: TransactionRunner;

  beforeAll(async () => {
    database = await createTestDatabase('persistence');
    config = loadConfig(databaseConfigSchema, database.env);
    databases = new Databases(
      createDataSource(config, { entities: [] }, 4),
      createDataSource(config, { entities: [] }, 2),
      config.MIRANTE_MYSQL_DIALECT,
    );
    await databases.onModuleInit();
    sut = new TransactionRunner(databases);
  });

  beforeEach(async () => {
    await database.query('DROP TABLE IF EXISTS item');
    await database.query(
      'CREATE TABLE item (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50) UNIQUE, n INT NOT NULL DEFAULT 0)',
    );
  });

  afterAll(async () => {
    await databases?.onApplicationShutdown();
    await database?.drop();
  });

  it('should set every session to UTC and READ COMMITTED', async () => {
    const [row] = await sut.query<{ zone: string; level: string; server: string }[]>(
      'SELECT @@session.time_zone AS zone, @@session.tx_isolation AS level, @@global.tx_isolation AS server',
    );
    expect(row).toEqual({ zone: '+00:00', level: 'READ-COMMITTED', server: 'REPEATABLE-READ' });
  });

  it('should refuse a server that is not what the configuration says', async () => {
    await expect(assertDialect(databases.api, 'mysql')).rejects.toThrow(DialectMismatchError);
    await expect(assertDialect(databases.api, 'mysql')).rejects.toThrow('set it to mariadb');
  });

  it('should give back integers as numbers and only larger ones as text', async () => {
    const [row] = await sut.query<Record<string, unknown>[]>(
      'SELECT 9007199254740991 AS safe, 9007199254740993 AS large',
    );
    expect(row).toEqual({ safe: 9007199254740991, large: '9007199254740993' });
  });

  it('should run both transactions of a deadlock to their end', async () => {
    await database.query("INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b')");
    let waiting = 0;
    let release: () => void;
    const both = new Promise<void>((resolve) => (release = resolve));
    const crossing = (first: number, second: number) => {
      let attempt = 0;
      return sut.run(async (tx) => {
        await tx.query('UPDATE item SET n = n + 1 WHERE id = ?', [first]);
        // Only the first attempts meet; a repeated one finds the way free.
        if (attempt++ === 0) {
          if (++waiting === 2) release();
          await both;
        }
        await tx.query('UPDATE item SET n = n + 1 WHERE id = ?', [second]);
      });
    };
    await Promise.all([crossing(1, 2), crossing(2, 1)]);
    expect(await database.query('SELECT n FROM item')).toEqual([{ n: 2 }, { n: 2 }]);
  });

  it('should undo everything when the work throws', async () => {
    const work = sut.run(async (tx) => {
      await tx.query("INSERT INTO item (name) VALUES ('gone')");
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await database.query('SELECT * FROM item')).toEqual([]);
  });

  it('should tell an unavailable server apart from a bad statement', async () => {
    const away = createDataSource({ ...config }, { entities: [] }, 1);
    await away.initialize();
    const broken = new TransactionRunner(
      Object.assign(Object.create(databases) as Databases, { api: away, bulk: away }),
    );
    const [{ id }] = (await away.query('SELECT CONNECTION_ID() AS id')) as [{ id: number }];
    await expect(
      broken.run(async (tx) => {
        await database.query(`KILL ${id}`);
        await tx.query('SELECT 1');
      }),
    ).rejects.toThrow(DatabaseUnavailableError);
    await expect(broken.query('SELEC 1')).rejects.not.toThrow(DatabaseUnavailableError);
    await away.destroy();
  });

  it('should turn callers away when too many wait for a connection', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 260 }, () => sut.query('SELECT SLEEP(0.02)')));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every((outcome) => outcome.reason instanceof DatabaseUnavailableError)).toBe(true);
  });

  describe(insertRows.name, () => {
    it('should keep every kind of text as it is', async () => {
      const texts = [
        "it's",
        'back\\slash',
        '"quoted"',
        '100%_?',
        '😀 日本語',
        'tab\tnl\n',
        '\u0000nul',
        "'; DROP TABLE item; --",
        ':name ?',
      ];
      await sut.run((tx) =>
        insertRows(
          tx,
          'item',
          ['name', 'n'],
          texts.map((text, n) => [text, n]),
          { chunkSize: 4 },
        ),
      );
      const rows = await database.query<{ name: string }>('SELECT name FROM item ORDER BY id');
      expect(rows.map((row) => row.name)).toEqual(texts);
    });

    it('should leave or update rows that exist, as asked', async () => {
      await sut.run((tx) => insertRows(tx, 'item', ['name', 'n'], [['a', 1]]));
      await sut.run((tx) =>
        insertRows(
          tx,
          'item',
          ['name', 'n'],
          [
            ['a', 5],
            ['b', 5],
          ],
          { ignore: true },
        ),
      );
      await sut.run((tx) => insertRows(tx, 'item', ['name', 'n'], [['b', 9]], { onDuplicate: 'n = n + VALUES(n)' }));
      expect(await database.query('SELECT name, n FROM item ORDER BY name')).toEqual([
        { name: 'a', n: 1 },
        { name: 'b', n: 14 },
      ]);
    });
  });

  describe(insertAbsentRows.name, () => {
    const names = (count: number, prefix: string) => Array.from({ length: count }, (_, n) => [`${prefix}${n}`]);

    it('should know the keys of rows that are all new, also while others insert', async () => {
      const results = await Promise.all(
        ['a', 'b', 'c', 'd'].map((prefix) =>
          sut.run((tx) => insertAbsentRows(tx, 'item', ['name'], names(300, prefix))),
        ),
      );
      const rows = await database.query<{ id: number; name: string }>('SELECT id, name FROM item');
      const byName = new Map(rows.map((row) => [row.name, row.id]));
      for (const [index, prefix] of ['a', 'b', 'c', 'd'].entries()) {
        expect(results[index]).toEqual(names(300, prefix).map(([name]) => byName.get(name!)));
      }
    });

    it('should not guess when a row was there already', async () => {
      await sut.run((tx) => insertAbsentRows(tx, 'item', ['name'], names(3, 'x')));
      expect(await sut.run((tx) => insertAbsentRows(tx, 'item', ['name'], names(5, 'x')))).toBeUndefined();
      expect(await sut.run((tx) => insertAbsentRows(tx, 'item', ['name'], []))).toEqual([]);
    });
  });
});
