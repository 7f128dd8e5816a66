import { createElasticsearchAccounts, ElasticsearchRefusedError } from './elasticsearch-accounts.js';

try {
  process.stdout.write(`accounts of ${(await createElasticsearchAccounts()).join(', ')} are there\n`);
} catch (error) {
  // fetch keeps what went wrong for itself.
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}${cause}\n`);
  if (error instanceof ElasticsearchRefusedError && error.status === 401) {
    process.stderr.write(
      'The volume es-data was made with another password of elastic than MIRANTE_ELASTIC_PASSWORD says. Fix: put the old one back.\n',
    );
  }
  process.exitCode = 1;
}
