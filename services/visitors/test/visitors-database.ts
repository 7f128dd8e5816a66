import { loadConfig } from '#libs/config';
import type { VisitsRecorded, VisitTally } from '#libs/contracts';
import { uuidv7, type Clock } from '#libs/kernel';
import { Inbox } from '#libs/messaging';
import { newContext } from '#libs/observability';
import { createDataSource, databaseConfigSchema, Databases, runMigrations, TransactionRunner } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { SCHEMA } from '../src/data-source.js';
import { KeyRepository } from '../src/keys/key.repository.js';
import { KeysService } from '../src/keys/keys.service.js';
import { RecordVisitsService } from '../src/recording/record-visits.service.js';
import { VisitRepository } from '../src/recording/visit.repository.js';
import { ReferrerRepository } from '../src/referrers/referrer.repository.js';
import { Referrers } from '../src/referrers/referrers.service.js';
import { ReportRepository } from '../src/reports/report.repository.js';
import { UniqueVisitors } from '../src/reports/unique-visitors.service.js';
import { VisitorReports } from '../src/reports/visitor-reports.service.js';

export interface TestEvent {
  messageId: string;
  payload: VisitsRecorded;
}

/** A migrated schema and the real parts of the service on it; only the broker is missing. */
export interface VisitorsDatabase {
  schema: TestDatabase;
  transactions: TransactionRunner;
  keys: KeysService;
  reports: VisitorReports;
  referrers: Referrers;
  /** Sets what the service takes for now. */
  setNow(instant: string): void;
  /** Applies events as one batch. */
  deliver(...events: TestEvent[]): Promise<void>;
  close(): Promise<void>;
}

export function eventOf(tallies: VisitTally[]): TestEvent {
  return { messageId: uuidv7(), payload: { first_at: new Date().toISOString(), tallies } };
}

export async function createVisitorsDatabase(): Promise<VisitorsDatabase> {
  const schema = await createTestDatabase('visitors');
  const config = loadConfig(databaseConfigSchema, schema.env);
  const api = createDataSource(config, SCHEMA, 4);
  const databases = new Databases(api, createDataSource(config, SCHEMA, 2), config.MIRANTE_MYSQL_DIALECT);
  await databases.onModuleInit();
  await runMigrations(api);
  const transactions = new TransactionRunner(databases);
  let now = Date.now();
  const clock: Clock = { now: () => now };
  const keyRows = new KeyRepository(transactions);
  const referrerRows = new ReferrerRepository(transactions);
  const records = new RecordVisitsService(transactions, new Inbox(), keyRows, new VisitRepository(), referrerRows);
  const figures = new ReportRepository(transactions);
  return {
    schema,
    transactions,
    keys: new KeysService(keyRows, clock),
    reports: new VisitorReports(figures, new UniqueVisitors(figures, clock), clock),
    referrers: new Referrers(referrerRows, clock),
    setNow: (instant) => {
      now = Date.parse(instant);
    },
    deliver: (...events) =>
      records.recordAll(
        events.map(({ messageId, payload }) => ({
          payload,
          meta: { messageId, routingKey: 'test', attempt: 1, publishedAt: 0, redelivered: false },
          context: newContext(),
        })),
      ),
    close: async () => {
      await databases.onApplicationShutdown();
      await schema.drop();
    },
  };
}
