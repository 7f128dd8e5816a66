import { join } from 'node:path';
import {
  startAlertmanager,
  startMariaDb,
  startMysqldExporter,
  startNodeService,
  startPrometheus,
  startRabbitMq,
} from '../servers/index.js';
import { processName, type ServiceSpec } from '../services.js';
import { portOf, rabbitMqPorts, type StackConfig } from './config.js';
import type { PartSpec } from './part.js';
import { EXPORTER_ACCOUNT } from './exporter-account.js';
import { paths } from './paths.js';
import { X_SIMULATOR } from './ports.js';
import { serviceEnv, simulatorEnv } from './service-env.js';

/** How each server of the stack is started. They outlive a killed supervisor; the next start ends them. */
export function serverSpecs({ ports, secrets }: StackConfig) {
  const at = (name: string) => ({ dir: join(paths.data, name), reapWithParent: false });
  return {
    mariadb: {
      name: 'mariadb',
      port: portOf(ports, 'mariadb'),
      optional: false,
      launch: (onSpawn) =>
        startMariaDb({
          ...at('mariadb'),
          port: portOf(ports, 'mariadb'),
          rootPassword: secrets.mariadbRoot,
          onSpawn,
        }),
    },
    rabbitmq: {
      name: 'rabbitmq',
      port: portOf(ports, 'rabbitmq'),
      optional: false,
      launch: (onSpawn) =>
        startRabbitMq({ ...at('rabbitmq'), ...secrets.rabbitmq, ports: rabbitMqPorts(ports), onSpawn }),
    },
    alertmanager: {
      name: 'alertmanager',
      port: portOf(ports, 'alertmanager'),
      optional: true,
      launch: (onSpawn) =>
        startAlertmanager({
          ...at('alertmanager'),
          port: portOf(ports, 'alertmanager'),
          configFile: paths.alertmanagerConfig,
          onSpawn,
        }),
    },
    prometheus: {
      name: 'prometheus',
      port: portOf(ports, 'prometheus'),
      optional: true,
      launch: (onSpawn) =>
        startPrometheus({
          ...at('prometheus'),
          port: portOf(ports, 'prometheus'),
          configFile: paths.prometheusConfig,
          onSpawn,
        }),
    },
    exporter: {
      name: 'mysqld-exporter',
      port: portOf(ports, 'mysqld-exporter'),
      optional: true,
      launch: (onSpawn) =>
        startMysqldExporter({
          ...at('mysqld-exporter'),
          port: portOf(ports, 'mysqld-exporter'),
          database: { port: portOf(ports, 'mariadb'), user: EXPORTER_ACCOUNT, password: secrets.exporter },
          onSpawn,
        }),
    },
  } satisfies Record<string, PartSpec>;
}

export function serviceSpec(service: ServiceSpec, config: StackConfig): PartSpec {
  const name = processName(service);
  const internalPort = portOf(config.ports, name);
  return {
    name,
    port: internalPort,
    optional: false,
    launch: (onSpawn) =>
      startNodeService({
        name,
        entry: paths.entry(service.name),
        cwd: paths.repo,
        env: serviceEnv(service, config, { logs: paths.logs, blobs: paths.blobs }),
        internalPort,
        otherPorts: service.needs.includes('public-port') ? [config.publicAddress.port] : [],
        outputFile: paths.output(name),
        reapWithParent: false,
        onSpawn,
      }),
  };
}

/** Stands in for X. Captures wait for it as they wait for X, so nothing else does. */
export function simulatorSpec(config: StackConfig): PartSpec {
  const port = portOf(config.ports, X_SIMULATOR);
  return {
    name: X_SIMULATOR,
    port,
    optional: true,
    launch: (onSpawn) =>
      startNodeService({
        name: X_SIMULATOR,
        entry: paths.xSimulator,
        cwd: paths.repo,
        env: simulatorEnv(config, paths.logs),
        internalPort: port,
        otherPorts: [],
        outputFile: paths.output(X_SIMULATOR),
        reapWithParent: false,
        onSpawn,
      }),
  };
}
