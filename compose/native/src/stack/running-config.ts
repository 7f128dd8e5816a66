import { SERVICES } from '../services.js';
import { publicAddress, simulatesX, type StackConfig } from './config.js';
import { readJson } from './json-file.js';
import { paths } from './paths.js';
import type { PortMap } from './ports.js';
import type { Secrets } from './secrets.js';

/** Configuration of the stack that runs, as its files have it; nothing is chosen anew. */
export function runningConfig(): StackConfig {
  const ports = readJson<{ ports: PortMap }>(paths.ports)?.ports;
  const secrets = readJson<Secrets>(paths.secrets);
  if (!ports || !secrets) throw new Error('the stack was never started here; start it with: npm run up');
  return { services: SERVICES, ports, secrets, publicAddress: publicAddress(), simulatesX: simulatesX() };
}
