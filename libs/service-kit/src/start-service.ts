import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Type } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { enableFaults, faultsConfigSchema } from '#libs/faults';
import { AmqpServer } from '#libs/messaging';
import {
  NestLoggerAdapter,
  createLogger,
  health,
  initLogging,
  observeFastify,
  startInternalServer,
} from '#libs/observability';
import { readBuildInfo } from './build-info.js';
import { delayRoutes } from './delay-routes.js';
import { closeOnSignals } from './lifecycle.js';
import { endQuietConnections } from './quiet-connections.js';
import { httpConfigSchema, serviceConfigSchema, type ServiceConfig } from './service.config.js';

/** A public HTTP port, at `MIRANTE_HOST` and `MIRANTE_PORT`. Services without one only speak through the broker. */
export interface HttpOptions {
  /** Options of the Fastify server: limits and timeouts. */
  server?: ConstructorParameters<typeof FastifyAdapter>[0];
  /** Runs before the routes are registered: headers, body parsers, limits. */
  configure?: (app: NestFastifyApplication) => void | Promise<void>;
}

/** What a service says about itself when it starts. */
export interface ServiceOptions {
  /** Name in logs and metrics; queues are called after it. */
  name: string;
  http?: HttpOptions;
}

const logger = createLogger('Service');

/**
 * Everything a service needs to run, in one call: configuration, logs, metrics, health, broker, HTTP, and a shutdown
 * that loses nothing. Health and metrics are up first, so a service that waits for its database can be watched waiting.
 * When the start fails the reason is logged and the process ends with code 1.
 *
 * @example
 * await startService(AnalyticsModule, { name: 'analytics' });
 */
export async function startService(module: Type, options: ServiceOptions): Promise<void> {
  const config = loadConfigOrExit();
  const { version, commit } = readBuildInfo();
  const logging = initLogging({
    service: options.name,
    version,
    environment: config.MIRANTE_ENV,
    levels: config.MIRANTE_LOG_LEVEL,
    ...(config.MIRANTE_LOG_DIR !== undefined && { dir: config.MIRANTE_LOG_DIR }),
  });
  health.add('start', () => {
    throw new Error('starting');
  });
  try {
    const internal = await startInternalServer({
      host: config.MIRANTE_INTERNAL_HOST,
      port: config.MIRANTE_INTERNAL_PORT,
      routes: await enableFaults(loadConfig(faultsConfigSchema)),
    });
    logger.info(`${options.name} ${version} (${commit}) starts`, { event: { action: 'service-starting' } });
    const app = await startApplication(module, options);
    closeOnSignals({ app, internal, logging, graceMs: config.MIRANTE_SHUTDOWN_GRACE_MS });
    health.remove('start');
    logger.info(`${options.name} is up`, { event: { action: 'service-started', outcome: 'success' } });
  } catch (error) {
    logger.error('start failed', { event: { action: 'service-started', outcome: 'failure' } }, error);
    await logging.close();
    process.exit(1);
  }
}

function loadConfigOrExit(): ServiceConfig {
  try {
    return loadConfig(serviceConfigSchema);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

async function startApplication(module: Type, { http }: ServiceOptions): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(http?.server ?? {}), {
    logger: new NestLoggerAdapter(),
    abortOnError: false,
    // Bodies are streams; who wants one parsed in memory registers a parser with a limit.
    bodyParser: false,
  });
  app.connectMicroservice({ strategy: app.get(AmqpServer) }, { inheritAppConfig: true });
  if (http) {
    const { MIRANTE_OBSERVE_HTTP, MIRANTE_LOG_USER_AGENT: userAgent } = loadConfig(httpConfigSchema);
    if (MIRANTE_OBSERVE_HTTP) observeFastify(app.getHttpAdapter().getInstance(), { userAgent });
    delayRoutes(app.getHttpAdapter().getInstance());
    endQuietConnections(app.getHttpAdapter().getInstance());
    await http.configure?.(app);
  }
  await app.init();
  await app.startAllMicroservices();
  if (http) {
    const { MIRANTE_PORT, MIRANTE_HOST } = loadConfig(httpConfigSchema);
    await app.listen(MIRANTE_PORT, MIRANTE_HOST);
  }
  return app;
}
