import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startMariaDb, startRabbitMq } from '../compose/native/src/servers/index.js';
import { repoRoot } from '../compose/native/src/repo.js';

let started: Promise<() => Promise<void>> | undefined;
let users = 0;

/** Starts the servers the tests need, once for the whole run, unless the environment already names running ones. */
export async function setup(): Promise<() => Promise<void>> {
  if (process.env['MIRANTE_TEST_MYSQL'] && process.env['MIRANTE_TEST_AMQP'] && !started) return async () => {};
  // Each project that needs servers calls this; they share one pair.
  users += 1;
  started ??= startServers();
  const stop = await started;
  return async () => {
    users -= 1;
    if (users === 0) await stop();
  };
}

async function startServers(): Promise<() => Promise<void>> {
  const dir = join(repoRoot, '.mirante', 'test', String(process.pid));
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  // Together, and both awaited, so that a failure of one does not leave the other half-started.
  const [mariadb, rabbitmq] = await Promise.allSettled([
    startMariaDb({ dir: join(dir, 'mariadb'), durability: 'relaxed' }),
    startRabbitMq({ dir: join(dir, 'rabbitmq') }),
  ]);
  const stop = async () => {
    // Nobody needs this data again, so the six seconds of an orderly broker stop are not spent.
    for (const server of [mariadb, rabbitmq]) {
      if (server.status === 'fulfilled') await server.value.kill();
    }
    rmSync(dir, { recursive: true, force: true });
  };
  if (mariadb.status === 'rejected' || rabbitmq.status === 'rejected') {
    await stop();
    throw mariadb.status === 'rejected' ? mariadb.reason : (rabbitmq as PromiseRejectedResult).reason;
  }
  const { user, password, amqpPort, managementPort } = rabbitmq.value;
  process.env['MIRANTE_TEST_MYSQL'] = `mysql://root:${mariadb.value.rootPassword}@127.0.0.1:${mariadb.value.port}`;
  process.env['MIRANTE_TEST_AMQP'] = `amqp://${user}:${password}@127.0.0.1:${amqpPort}`;
  process.env['MIRANTE_TEST_RABBIT_MANAGEMENT'] = `http://${user}:${password}@127.0.0.1:${managementPort}`;
  return stop;
}
