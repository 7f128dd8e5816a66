import type { RabbitMqPorts } from '../servers/index.js';
import { processesOf, processName, SERVICES, type ServiceSpec } from '../services.js';
import { paths } from './paths.js';
import { loadPorts, type PortMap } from './ports.js';
import { loadSecrets, type Secrets } from './secrets.js';

/** The one address that is not chosen freely. */
export interface PublicAddress {
  readonly host: string;
  readonly port: number;
}

/** All that is fixed before the first part starts. */
export interface StackConfig {
  /** One for each process. */
  readonly services: readonly ServiceSpec[];
  readonly ports: PortMap;
  readonly secrets: Secrets;
  readonly publicAddress: PublicAddress;
  /** Nobody gave a credential of X: a simulator answers in its place. */
  readonly simulatesX: boolean;
}

/** Address of the gateway from `MIRANTE_HOST` and `MIRANTE_PORT`; 127.0.0.1:8080 when they are not set. */
export function publicAddress(env: NodeJS.ProcessEnv = process.env): PublicAddress {
  const port = Number(env['MIRANTE_PORT'] || 8080);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`MIRANTE_PORT: expected a port from 1 to 65535, got "${env['MIRANTE_PORT']}"`);
  }
  return { host: env['MIRANTE_HOST'] || '127.0.0.1', port };
}

/** Where a browser of this machine finds the gateway. */
export function publicUrl({ host, port }: PublicAddress): string {
  return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
}

/** Whether captures of X go to the simulator; `MIRANTE_X_BEARER_TOKEN`, or a file that holds it, sends them to X itself. */
export function simulatesX(env: NodeJS.ProcessEnv = process.env): boolean {
  return !env['MIRANTE_X_BEARER_TOKEN'] && !env['MIRANTE_X_BEARER_TOKEN_FILE'];
}

/** @param workers processes of each service that scales */
export async function loadStackConfig(workers = 1): Promise<StackConfig> {
  const services = processesOf(SERVICES, workers);
  const withDatabase = SERVICES.filter((service) => service.needs.includes('mysql')).map((service) => service.name);
  return {
    services,
    secrets: loadSecrets(paths.secrets, paths.data, withDatabase),
    ports: await loadPorts(paths.ports, services.map(processName)),
    publicAddress: publicAddress(),
    simulatesX: simulatesX(),
  };
}

/** A port by its name; a missing name is a mistake in our tables. */
export function portOf(ports: PortMap, name: string): number {
  const port = ports[name];
  if (port === undefined) throw new Error(`no port was chosen for ${name}`);
  return port;
}

export function rabbitMqPorts(ports: PortMap): RabbitMqPorts {
  return {
    amqp: portOf(ports, 'rabbitmq'),
    management: portOf(ports, 'rabbitmq-management'),
    prometheus: portOf(ports, 'rabbitmq-prometheus'),
    dist: portOf(ports, 'rabbitmq-dist'),
    epmd: portOf(ports, 'rabbitmq-epmd'),
    ctl: portOf(ports, 'rabbitmq-ctl'),
  };
}
