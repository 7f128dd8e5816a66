import { existsSync } from 'node:fs';
import { randomPassword } from '../servers/credentials.js';
import { readJson, writeJson } from './json-file.js';

export interface DatabaseAccounts {
  /** May read and change rows. */
  readonly runtime: string;
  /** May change the schema. */
  readonly migrate: string;
}

export interface Secrets {
  readonly mariadbRoot: string;
  /** Of the account that reads the counters of the database. */
  readonly exporter: string;
  readonly rabbitmq: { readonly user: string; readonly password: string };
  readonly databases: Record<string, DatabaseAccounts>;
  /** The credential the simulator of X knows. */
  readonly xSimulator: string;
}

/** Adds what is missing and never changes what is there: data keeps the passwords it was made with. */
export function completeSecrets(
  known: Partial<Secrets> | undefined,
  services: readonly string[],
  password: () => string = randomPassword,
): Secrets {
  const fresh = services.filter((service) => !known?.databases?.[service]);
  return {
    mariadbRoot: known?.mariadbRoot ?? password(),
    exporter: known?.exporter ?? password(),
    rabbitmq: known?.rabbitmq ?? { user: 'mirante', password: password() },
    xSimulator: known?.xSimulator ?? password(),
    databases: {
      ...known?.databases,
      ...Object.fromEntries(fresh.map((service) => [service, { runtime: password(), migrate: password() }])),
    },
  };
}

/** Reads the secrets, and makes them at the first start. */
export function loadSecrets(file: string, dataDir: string, services: readonly string[]): Secrets {
  const known = readJson<Secrets>(file);
  if (!known && existsSync(dataDir)) {
    throw new Error(
      `there is data in ${dataDir}, but its passwords in ${file} are gone.\n` +
        'Fix: put the file back, or delete the data: npm run down -- --purge --yes',
    );
  }
  const secrets = completeSecrets(known, services);
  if (JSON.stringify(secrets) !== JSON.stringify(known)) writeJson(file, secrets);
  return secrets;
}
