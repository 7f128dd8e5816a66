import { z } from 'zod';
import { int, loadConfig, secret } from '#libs/config';
import { SERVICES } from '../services.js';
import type { AccountKind } from '../stack/database-accounts.js';
import type { DatabaseAccounts } from '../stack/secrets.js';

/** Services with a schema of their own. */
export const WITH_DATABASE = SERVICES.filter((service) => service.needs.includes('mysql')).map(({ name }) => name);

/** Name of the variable that holds the password of an account; the same in `.env` and in the jobs. */
function passwordVariable(service: string, kind: AccountKind): string {
  const name = service.toUpperCase().replaceAll('-', '_');
  return kind === 'runtime' ? `MIRANTE_DB_${name}_PASSWORD` : `MIRANTE_DB_${name}_DDL_PASSWORD`;
}

const server = {
  MIRANTE_MYSQL_HOST: z.string(),
  MIRANTE_MYSQL_PORT: int({ min: 1, max: 65_535 }).default(3306),
  MIRANTE_MYSQL_DIALECT: z.enum(['mysql', 'mariadb']).default('mysql'),
};

function passwords(...kinds: AccountKind[]): Record<string, ReturnType<typeof secret>> {
  return Object.fromEntries(
    WITH_DATABASE.flatMap((service) => kinds.map((kind) => [passwordVariable(service, kind), secret()])),
  );
}

/** Variables of the job that creates accounts: the only one that knows the password of root. */
const databasesJobSchema = z.object({
  ...server,
  MIRANTE_MYSQL_ROOT_PASSWORD: secret(),
  MIRANTE_MYSQL_EXPORTER_PASSWORD: secret(),
  ...passwords('runtime', 'migrate'),
});

/** Variables of the job that migrates: it knows the accounts that may change a schema, and no other. */
const migrateJobSchema = z.object({ ...server, ...passwords('migrate') });

export interface DatabasesJob {
  readonly host: string;
  readonly port: number;
  readonly dialect: 'mysql' | 'mariadb';
  readonly rootPassword: string;
  readonly exporterPassword: string;
  readonly accounts: Readonly<Record<string, DatabaseAccounts>>;
}

export function databasesJob(env?: NodeJS.ProcessEnv): DatabasesJob {
  const config = loadConfig(databasesJobSchema, env);
  const values = config as unknown as Record<string, { reveal(): string }>;
  const reveal = (name: string) => values[name]!.reveal();
  return {
    host: config.MIRANTE_MYSQL_HOST,
    port: config.MIRANTE_MYSQL_PORT,
    dialect: config.MIRANTE_MYSQL_DIALECT,
    rootPassword: reveal('MIRANTE_MYSQL_ROOT_PASSWORD'),
    exporterPassword: reveal('MIRANTE_MYSQL_EXPORTER_PASSWORD'),
    accounts: Object.fromEntries(
      WITH_DATABASE.map((service) => [
        service,
        {
          runtime: reveal(passwordVariable(service, 'runtime')),
          migrate: reveal(passwordVariable(service, 'migrate')),
        },
      ]),
    ),
  };
}

/** Environment of the migration of each service. */
export function migrationEnvironments(env: NodeJS.ProcessEnv = process.env): Map<string, Record<string, string>> {
  const config = loadConfig(migrateJobSchema, env);
  const values = config as unknown as Record<string, { reveal(): string }>;
  return new Map(
    WITH_DATABASE.map((service) => [
      service,
      {
        MIRANTE_MYSQL_HOST: config.MIRANTE_MYSQL_HOST,
        MIRANTE_MYSQL_PORT: String(config.MIRANTE_MYSQL_PORT),
        MIRANTE_MYSQL_DIALECT: config.MIRANTE_MYSQL_DIALECT,
        MIRANTE_MYSQL_PASSWORD: values[passwordVariable(service, 'migrate')]!.reveal(),
      },
    ]),
  );
}
