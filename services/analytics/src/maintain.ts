import { loadConfig } from '#libs/config';
import { createDataSource, databaseConfigSchema, Databases, TransactionRunner } from '#libs/persistence';
import { TagRepository } from './apply/tag.repository.js';
import { SCHEMA } from './data-source.js';
import { RebuildService } from './recount/rebuild.service.js';
import { RecountRepository } from './recount/recount.repository.js';
import { RecountService } from './recount/recount.service.js';
import { tagKey } from '#libs/contracts';

const USAGE = `usage: maintain.js rebuild --all | rebuild <tag> | recount [samples]
  rebuild   makes the roll-ups of one tag or of all anew from the facts
  recount   compares random samples with the facts; exits with 1 when they differ`;

async function main(transactions: TransactionRunner, [command, argument]: string[]): Promise<number> {
  if (command === 'rebuild' && argument === '--all') {
    const tags = await new RebuildService(transactions).rebuildAll((tag) => process.stdout.write(`${tag}\n`));
    process.stdout.write(`rebuilt ${tags} tags\n`);
    return 0;
  }
  if (command === 'rebuild' && argument) {
    const tagId = await new TagRepository().idOf(transactions, tagKey(argument));
    if (tagId === undefined) {
      process.stderr.write(`no posts are known for ${argument}\n`);
      return 1;
    }
    await new RebuildService(transactions).rebuildTag(tagId);
    process.stdout.write(`rebuilt ${argument}\n`);
    return 0;
  }
  if (command === 'recount') {
    const { samples, drift } = await new RecountService(transactions, new RecountRepository()).recount(
      Number(argument ?? 50),
    );
    process.stdout.write(`recounted ${samples} samples, drift ${drift}\n`);
    return drift === 0 ? 0 : 1;
  }
  process.stderr.write(`${USAGE}\n`);
  return 2;
}

const config = loadConfig(databaseConfigSchema);
const databases = new Databases(
  createDataSource(config, SCHEMA, 1),
  createDataSource(config, SCHEMA, 1),
  config.MIRANTE_MYSQL_DIALECT,
);
await databases.onModuleInit();
try {
  process.exitCode = await main(new TransactionRunner(databases), process.argv.slice(2));
} finally {
  await databases.onApplicationShutdown();
}
