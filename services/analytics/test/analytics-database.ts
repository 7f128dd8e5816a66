import { loadConfig } from '#libs/config';
import type { AuthorState, PostState } from '#libs/contracts';
import { createDataSource, databaseConfigSchema, Databases, runMigrations, TransactionRunner } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { ApplyService } from '../src/apply/apply.service.js';
import { AuthorRepository } from '../src/apply/author.repository.js';
import { FactRepository } from '../src/apply/fact.repository.js';
import { RollupRepository } from '../src/apply/rollup.repository.js';
import { TagRepository } from '../src/apply/tag.repository.js';
import { SCHEMA } from '../src/data-source.js';

/** A migrated schema and the parts of the service that write it. */
export interface AnalyticsDatabase {
  schema: TestDatabase;
  databases: Databases;
  transactions: TransactionRunner;
  tags: TagRepository;
  applier: ApplyService;
  apply(posts: PostState[], authors: AuthorState[]): Promise<void>;
  close(): Promise<void>;
}

export async function createAnalyticsDatabase(): Promise<AnalyticsDatabase> {
  const schema = await createTestDatabase('analytics');
  const config = loadConfig(databaseConfigSchema, schema.env);
  const api = createDataSource(config, SCHEMA, 4);
  const bulk = createDataSource(config, SCHEMA, 2);
  const databases = new Databases(api, bulk, config.MIRANTE_MYSQL_DIALECT);
  await databases.onModuleInit();
  await runMigrations(api);
  const transactions = new TransactionRunner(databases);
  const tags = new TagRepository();
  const applier = new ApplyService(tags, new AuthorRepository(), new FactRepository(), new RollupRepository());
  return {
    schema,
    databases,
    transactions,
    tags,
    applier,
    apply: async (posts, authors) => {
      const { tagIds } = await transactions.run((tx) => applier.apply(tx, posts, authors), { pool: 'bulk' });
      tags.remember(tagIds);
    },
    close: async () => {
      await databases.onApplicationShutdown();
      await schema.drop();
    },
  };
}
