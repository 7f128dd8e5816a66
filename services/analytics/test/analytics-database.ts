import { loadConfig } from '#libs/config';
import type { AuthorState, PostsChanged, PostState } from '#libs/contracts';
import { uuidv7 } from '#libs/kernel';
import { Inbox, Outbox, type OutboxRelay } from '#libs/messaging';
import { newContext } from '#libs/observability';
import { createDataSource, databaseConfigSchema, Databases, runMigrations, TransactionRunner } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { ApplyBatchService } from '../src/apply/apply-batch.service.js';
import { ApplyService } from '../src/apply/apply.service.js';
import { AuthorRepository } from '../src/apply/author.repository.js';
import { FactRepository } from '../src/apply/fact.repository.js';
import { RollupRepository } from '../src/apply/rollup.repository.js';
import { TagRepository } from '../src/apply/tag.repository.js';
import { SCHEMA } from '../src/data-source.js';
import { AuthorCountRepository } from '../src/reports/author-count.repository.js';
import { CoTagsReport } from '../src/reports/cotags.report.js';
import { CountRepository } from '../src/reports/count.repository.js';
import { CountriesReport } from '../src/reports/countries.report.js';
import { HoursReport } from '../src/reports/hours.report.js';
import { LanguagesReport } from '../src/reports/languages.report.js';
import { NetworkReport } from '../src/reports/network.report.js';
import { ReportRunner } from '../src/reports/report-runner.service.js';
import { SeriesReport } from '../src/reports/series.report.js';
import { SummaryReport } from '../src/reports/summary.report.js';
import { TopUsersReport } from '../src/reports/top-users.report.js';

export const ROLLUPS = [
  'rollup_15m',
  'rollup_lang_day',
  'rollup_country_day',
  'rollup_cotag_day',
  'rollup_profile',
  'tag_author',
] as const;

export interface TestEvent {
  messageId: string;
  payload: PostsChanged;
}

/** A migrated schema and the real parts of the service on it; only the broker is missing. */
export interface AnalyticsDatabase {
  schema: TestDatabase;
  databases: Databases;
  transactions: TransactionRunner;
  batches: ApplyBatchService;
  /** How often the relay was told of new events. */
  pokes(): number;
  /** Applies events as one batch. */
  deliver(...events: TestEvent[]): Promise<void>;
  reports: {
    summary: SummaryReport;
    topUsers: TopUsersReport;
    hours: HoursReport;
    languages: LanguagesReport;
    countries: CountriesReport;
    series: SeriesReport;
    coTags: CoTagsReport;
    network: NetworkReport;
  };
  /** All rows of roll-ups, facts and authors. */
  figures(): Promise<Record<string, unknown[]>>;
  /** Forgets everything but the tags. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export function eventOf(posts: PostState[], authors: AuthorState[], importId: string | null = null): TestEvent {
  return { messageId: uuidv7(), payload: { import_id: importId, posts, authors } };
}

export async function createAnalyticsDatabase(): Promise<AnalyticsDatabase> {
  const schema = await createTestDatabase('analytics');
  const config = loadConfig(databaseConfigSchema, schema.env);
  const api = createDataSource(config, SCHEMA, 4);
  const databases = new Databases(api, createDataSource(config, SCHEMA, 2), config.MIRANTE_MYSQL_DIALECT);
  await databases.onModuleInit();
  await runMigrations(api);
  const transactions = new TransactionRunner(databases);
  const tags = new TagRepository();
  const applier = new ApplyService(tags, new AuthorRepository(), new FactRepository(), new RollupRepository());
  let pokes = 0;
  const relay = { poke: () => void pokes++ } as unknown as OutboxRelay;
  const batches = new ApplyBatchService(transactions, new Inbox(), new Outbox(), relay, applier, tags);
  const runner = new ReportRunner(transactions, tags);
  const counts = new CountRepository();
  const authors = new AuthorCountRepository();
  return {
    schema,
    databases,
    transactions,
    batches,
    pokes: () => pokes,
    deliver: (...events) =>
      batches.applyAll(
        events.map(({ messageId, payload }) => ({
          payload,
          meta: { messageId, routingKey: 'test', attempt: 1, publishedAt: 0, redelivered: false },
          context: newContext(),
        })),
      ),
    reports: {
      summary: new SummaryReport(runner, counts, authors),
      topUsers: new TopUsersReport(runner, counts, authors),
      hours: new HoursReport(runner, counts),
      languages: new LanguagesReport(runner, counts),
      countries: new CountriesReport(runner, counts, authors),
      series: new SeriesReport(runner, counts),
      coTags: new CoTagsReport(runner, counts),
      network: new NetworkReport(runner, counts),
    },
    figures: async () => {
      const rows: Record<string, unknown[]> = {};
      for (const table of [...ROLLUPS, 'post_fact', 'author'])
        rows[table] = await schema.query(`SELECT * FROM ${table}`);
      return rows;
    },
    clear: async () => {
      const others = ['author', 'author_snapshot', 'post_fact', 'post_tombstone', 'inbox', 'outbox'];
      for (const table of [...ROLLUPS, ...others]) await schema.query(`DELETE FROM ${table}`);
    },
    close: async () => {
      await databases.onApplicationShutdown();
      await schema.drop();
    },
  };
}
