import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '#libs/config';
import { createDataSource, databaseConfigSchema, runMigrations, schemaDrift } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { SCHEMA } from '../src/data-source.js';

describe('schema of image-tasks', () => {
  let database: TestDatabase;
  let sut: ReturnType<typeof createDataSource>;

  beforeAll(async () => {
    database = await createTestDatabase('schema');
    sut = createDataSource(loadConfig(databaseConfigSchema, database.env), SCHEMA, 2);
    await sut.initialize();
    await runMigrations(sut);
  });

  afterAll(async () => {
    await sut?.destroy();
    await database?.drop();
  });

  it('should be what the entities say', async () => {
    expect(await schemaDrift(sut)).toEqual([]);
  });

  it('should migrate once only', async () => {
    expect(await runMigrations(sut)).toEqual([]);
  });

  it('should be undone step by step', async () => {
    for (const _ of SCHEMA.migrations ?? []) await sut.undoLastMigration({ transaction: 'none' });

    const tables = await database.query<{ name: string }>(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
    );
    expect(tables.map(({ name }) => name)).toEqual(['migration']);
  });
});
