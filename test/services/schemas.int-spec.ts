import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '#libs/config';
import {
  createDataSource,
  databaseConfigSchema,
  runMigrations,
  schemaDrift,
  type DataSourceParts,
} from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { repoRoot } from '../../compose/native/src/repo.js';
import { SERVICES } from '../../compose/native/src/services.js';

const sources = SERVICES.map(({ name }) => ({ name, file: join(repoRoot, 'services', name, 'src/data-source.ts') }));

describe.each(sources.filter(({ file }) => existsSync(file)))('schema of $name', ({ file }) => {
  let schema: DataSourceParts;
  let database: TestDatabase;
  let sut: ReturnType<typeof createDataSource>;

  beforeAll(async () => {
    ({ SCHEMA: schema } = (await import(file)) as { SCHEMA: DataSourceParts });
    database = await createTestDatabase('schema');
    sut = createDataSource(loadConfig(databaseConfigSchema, database.env), schema, 2);
    await sut.initialize();
    await runMigrations(sut);
  });

  afterAll(async () => {
    await sut?.destroy();
    await database?.drop();
  });

  const tables = async () => {
    const rows = await database.query<{ name: string }>(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
    );
    return rows.map(({ name }) => name);
  };

  it('should be what the entities say', async () => {
    expect(await schemaDrift(sut)).toEqual([]);
  });

  it('should show a change of any of its tables', async () => {
    for (const { tableName } of sut.entityMetadatas) {
      await database.query(`ALTER TABLE ${tableName} ADD COLUMN extra INT NULL`);
      expect(await schemaDrift(sut), tableName).not.toEqual([]);
      await database.query(`ALTER TABLE ${tableName} DROP COLUMN extra`);
    }
  });

  it('should migrate once only', async () => {
    expect(await runMigrations(sut)).toEqual([]);
  });

  it('should go away step by step, and come back', async () => {
    for (const _ of schema.migrations ?? []) await sut.undoLastMigration({ transaction: 'none' });
    expect(await tables()).toEqual(['migration']);
    await runMigrations(sut);
    expect(await schemaDrift(sut)).toEqual([]);
  });
});
