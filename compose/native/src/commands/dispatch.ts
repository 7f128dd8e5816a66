import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execInService } from '../compose-mode/exec.js';
import { startedProject } from '../compose-mode/project.js';
import { paths } from '../stack/paths.js';
import { liveRun } from '../stack/run-file.js';
import { runningConfig } from '../stack/running-config.js';
import { amqpUrl, databaseEnv } from '../stack/service-env.js';

const PARKING = 'libs/messaging/src/parking.cli.js';
const KEYS = 'services/gateway/src/keys/keys.cli.js';

/** `parking`: the operator's tool for messages that could not be processed, against the running broker. */
export async function parking(args: readonly string[]): Promise<number> {
  const containers = await startedProject();
  if (containers) return execInService(containers, 'gateway', PARKING, args);
  if (!liveRun()) {
    console.error('the broker does not run; start it with: npm run up');
    return 1;
  }
  return runScript(PARKING, args, { MIRANTE_AMQP_URL: amqpUrl(runningConfig()) });
}

/** `keys`: makes, lists and revokes keys of the gateway in the running database. */
export async function keys(args: readonly string[]): Promise<number> {
  const containers = await startedProject();
  if (containers) return execInService(containers, 'gateway', KEYS, args);
  const asksForHelp = args.length === 0 || args.includes('--help') || args[0] === 'help';
  if (!asksForHelp && !liveRun()) {
    console.error('the database does not run; start it with: npm run up');
    return 1;
  }
  const env = asksForHelp ? {} : databaseEnv('gateway', runningConfig(), 'runtime');
  return runScript(KEYS, args, env);
}

/** `bench`: measures the product; it starts servers of its own. */
export async function bench(args: readonly string[]): Promise<number> {
  return runScript('test/bench/index.js', args, {});
}

/** `observability`: writes what follows from the catalogue of signals, or checks that it is written. */
export async function observability(args: readonly string[]): Promise<number> {
  return runScript('observability/src/observability.cli.js', args, {});
}

/** Runs a compiled script with our terminal and ends as it ends. */
function runScript(script: string, args: readonly string[], env: Record<string, string>): Promise<number> {
  const file = join(paths.repo, 'dist', script);
  if (!existsSync(file)) throw new Error(`dist/${script} was not built; there is no such part in this clone`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], {
      cwd: paths.repo,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
