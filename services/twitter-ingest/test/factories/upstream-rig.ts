import { loadConfig } from '#libs/config';
import { createDataSource, Databases, databaseConfigSchema, runMigrations, TransactionRunner } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { SCHEMA } from '../../src/data-source.js';
import { BudgetLedger, RateQuota, SourceHalts, SpendingRepository, UpstreamGate } from '../../src/upstream/index.js';

/** A schema with the money, quota and halts of one process after the other. */
export interface UpstreamRig {
  database: TestDatabase;
  transactions: TransactionRunner;
  /** What one more process would have; each has connections of its own. */
  process(): Promise<UpstreamProcess>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

export interface UpstreamProcess {
  transactions: TransactionRunner;
  ledger: BudgetLedger;
  quota: RateQuota;
  halts: SourceHalts;
  gate: UpstreamGate;
}

const TABLES = ['spend', 'reservation', 'billed', 'quota', 'halt', 'page_size'].map((name) => `upstream_${name}`);

export async function startUpstreamRig(name: string): Promise<UpstreamRig> {
  const database = await createTestDatabase(name);
  const config = loadConfig(databaseConfigSchema, database.env);
  const open: Databases[] = [];
  const connect = async () => {
    const databases = new Databases(
      createDataSource(config, SCHEMA, 4),
      createDataSource(config, SCHEMA, 4),
      'mariadb',
    );
    open.push(databases);
    await databases.onModuleInit();
    return databases;
  };
  const first = await connect();
  await runMigrations(first.api);
  const over = (transactions: TransactionRunner): UpstreamProcess => {
    const ledger = new BudgetLedger(transactions, new SpendingRepository());
    const quota = new RateQuota(transactions);
    const halts = new SourceHalts(transactions);
    return { transactions, ledger, quota, halts, gate: new UpstreamGate(ledger, quota, halts) };
  };
  return {
    database,
    transactions: new TransactionRunner(first),
    process: async () => over(new TransactionRunner(await connect())),
    clear: async () => {
      for (const table of TABLES) await database.query(`DELETE FROM ${table}`);
    },
    close: async () => {
      for (const databases of open) await databases.onApplicationShutdown();
      await database.drop();
    },
  };
}
