import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '#libs/config';
import { createDataSource, databaseConfigSchema, runMigrations, schemaDrift } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { SCHEMA } from '../src/data-source.js';

describe('schema of twitter-ingest', () => {
  let database: TestDatabase;
  let dataSource: ReturnType<typeof createDataSource>;

  beforeAll(async () => {
    database = await createTestDatabase('ingest_schema');
    dataSource = createDataSource(loadConfig(databaseConfigSchema, database.env), SCHEMA, 2);
    await dataSource.initialize();
    await runMigrations(dataSource);
  });

  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  it('should be what the entities say', async () => {
    expect(await schemaDrift(dataSource)).toEqual([]);
  });

  it('should notice a column that only one side has', async () => {
    await database.query('ALTER TABLE tag ADD COLUMN extra INT NULL');
    expect(await schemaDrift(dataSource)).not.toEqual([]);
    await database.query('ALTER TABLE tag DROP COLUMN extra');
  });

  it('should migrate once only, and be undone step by step', async () => {
    expect(await runMigrations(dataSource)).toEqual([]);
    for (const _ of SCHEMA.migrations!) await dataSource.undoLastMigration({ transaction: 'none' });
    const left = await database.query<{ name: string }>('SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()'); // prettier-ignore
    expect(left.map((table) => table.name)).toEqual(['migration']);
    await runMigrations(dataSource);
    expect(await schemaDrift(dataSource)).toEqual([]);
  });
});
