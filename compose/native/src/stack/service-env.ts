import { processName, schemaOf, type ServiceSpec } from '../services.js';
import { portOf, type StackConfig } from './config.js';
import { accountOf, type AccountKind } from './database-accounts.js';
import { X_SIMULATOR } from './ports.js';

export interface EnvFolders {
  readonly logs: string;
  readonly blobs: string;
}

/** Variables of a running service; the same names mean its own values in each. */
export function serviceEnv(service: ServiceSpec, config: StackConfig, folders: EnvFolders): Record<string, string> {
  const { ports, publicAddress } = config;
  const needs = (need: ServiceSpec['needs'][number]) => service.needs.includes(need);
  return {
    MIRANTE_ENV: 'local',
    MIRANTE_LOG_DIR: folders.logs,
    MIRANTE_INTERNAL_HOST: '127.0.0.1',
    MIRANTE_INTERNAL_PORT: String(portOf(ports, processName(service))),
    ...(needs('amqp') && { MIRANTE_AMQP_URL: amqpUrl(config) }),
    ...(needs('mysql') && databaseEnv(service.name, config, 'runtime')),
    ...(needs('x') && xEnv(config)),
    ...(needs('blobs') && { MIRANTE_BLOB_DIR: folders.blobs }),
    ...(needs('public-port') && {
      MIRANTE_HOST: publicAddress.host,
      MIRANTE_PORT: String(publicAddress.port),
      MIRANTE_SERVICES: config.services
        .filter((other) => !other.needs.includes('public-port') && other.instance === undefined)
        .map((other) => other.name)
        .join(','),
      MIRANTE_PROMETHEUS_URL: `http://127.0.0.1:${portOf(ports, 'prometheus')}`,
      MIRANTE_ALERTMANAGER_URL: `http://127.0.0.1:${portOf(ports, 'alertmanager')}`,
    }),
  };
}

/** Where captures of X go. With a credential the operator's own `MIRANTE_X_` variables reach the service as they are. */
function xEnv({ simulatesX, ports, secrets }: StackConfig): Record<string, string> {
  if (!simulatesX) return {};
  return {
    MIRANTE_X_API_BASE_URL: `http://127.0.0.1:${portOf(ports, X_SIMULATOR)}`,
    MIRANTE_X_SIMULATED: 'true',
    MIRANTE_X_BEARER_TOKEN: secrets.xSimulator,
    MIRANTE_X_STREAM: 'true',
    // Its prices are those of X, but nobody pays them.
    MIRANTE_X_DAILY_BUDGET_USD: '1000000',
  };
}

export function simulatorEnv({ ports, secrets }: StackConfig, logs: string): Record<string, string> {
  return {
    MIRANTE_ENV: 'local',
    MIRANTE_LOG_DIR: logs,
    MIRANTE_INTERNAL_PORT: String(portOf(ports, X_SIMULATOR)),
    MIRANTE_X_BEARER_TOKEN: secrets.xSimulator,
  };
}

/** Variables of a service's migration, which runs with an account that may change the schema. */
export function migrationEnv(service: string, config: StackConfig): Record<string, string> {
  return { MIRANTE_ENV: 'local', ...databaseEnv(service, config, 'migrate') };
}

export function amqpUrl({ ports, secrets }: StackConfig): string {
  const { user, password } = secrets.rabbitmq;
  return `amqp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${portOf(ports, 'rabbitmq')}`;
}

/** Variables of a program that works in the schema of a service. */
export function databaseEnv(service: string, config: StackConfig, kind: AccountKind): Record<string, string> {
  const accounts = config.secrets.databases[service];
  if (!accounts) throw new Error(`no database account was made for ${service}`);
  return {
    MIRANTE_MYSQL_HOST: '127.0.0.1',
    MIRANTE_MYSQL_PORT: String(portOf(config.ports, 'mariadb')),
    MIRANTE_MYSQL_USER: accountOf(service, kind),
    MIRANTE_MYSQL_PASSWORD: accounts[kind],
    MIRANTE_MYSQL_DATABASE: schemaOf(service),
    MIRANTE_MYSQL_DIALECT: 'mariadb',
  };
}
