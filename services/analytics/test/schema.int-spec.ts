import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemaDrift } from '#libs/persistence';
import { createAnalyticsDatabase, type AnalyticsDatabase } from './analytics-database.js';

let sut: AnalyticsDatabase;

beforeAll(async () => {
  sut = await createAnalyticsDatabase();
});

afterAll(() => sut?.close());

describe('schema', () => {
  it('should be what the entities say', async () => {
    expect(await schemaDrift(sut.databases.api)).toEqual([]);
  });

  it('should show a change of a table as drift', async () => {
    await sut.schema.query('ALTER TABLE rollup_profile MODIFY authors BIGINT NOT NULL');
    expect(await schemaDrift(sut.databases.api)).not.toEqual([]);
    await sut.schema.query('ALTER TABLE rollup_profile MODIFY authors INT NOT NULL');
  });

  it('should go away and come back by its migrations', async () => {
    const other = await createAnalyticsDatabase();
    try {
      for (let i = 0; i < other.databases.api.migrations.length; i++) {
        await other.databases.api.undoLastMigration({ transaction: 'none' });
      }
      const tables = await other.schema.query<{ name: string }>(
        'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
      );
      expect(tables.map(({ name }) => name)).toEqual(['migration']);
      await other.databases.api.runMigrations({ transaction: 'none' });
      expect(await schemaDrift(other.databases.api)).toEqual([]);
    } finally {
      await other.close();
    }
  });
});
