import { loadConfig } from '#libs/config';
import { createDataSource, databaseConfigSchema, Databases, TransactionRunner } from '#libs/persistence';
import { SCHEMA } from '../data-source.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { runKeysCommand, type Output } from './key-admin.js';
import { KEYS_USAGE, parseKeysCommand } from './keys-command.domain.js';
import { KeysUsageError } from './keys.errors.js';

// The key itself goes to standard output alone, so that a script can take it.
const output: Output = {
  result: (text) => process.stdout.write(`${text}\n`),
  note: (text) => process.stderr.write(`${text}\n`),
};

async function main(): Promise<number> {
  const command = parseKeysCommand(process.argv.slice(2), new Date());
  if (command.name === 'help') {
    output.note(KEYS_USAGE);
    return 0;
  }
  const config = loadConfig(databaseConfigSchema);
  const database = createDataSource(config, SCHEMA, 1);
  await database.initialize();
  try {
    const runner = new TransactionRunner(new Databases(database, database, config.MIRANTE_MYSQL_DIALECT, false));
    return await runKeysCommand(command, new ApiKeyRepository(runner), output);
  } finally {
    await database.destroy();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const usage = error instanceof KeysUsageError;
  output.note(error instanceof Error ? error.message : String(error));
  if (usage) output.note(KEYS_USAGE);
  process.exitCode = usage ? 2 : 1;
}
