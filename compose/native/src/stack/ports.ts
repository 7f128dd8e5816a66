import { freePort, isPortFree } from '../servers/ports.js';
import { readJson, writeJson } from './json-file.js';

export type PortMap = Readonly<Record<string, number>>;

/** Name of the simulator of X as a part, a port and a log. */
export const X_SIMULATOR = 'x-simulator';

/** Names of the internal ports of the servers; services use their own names. */
export const SERVER_PORTS = [
  'mariadb',
  'rabbitmq',
  'rabbitmq-management',
  'rabbitmq-prometheus',
  'rabbitmq-dist',
  'rabbitmq-epmd',
  'rabbitmq-ctl',
  'prometheus',
  'alertmanager',
  'mysqld-exporter',
  X_SIMULATOR,
] as const;

interface Probes {
  isFree(port: number): Promise<boolean>;
  find(): Promise<number>;
}

/** Keeps every known port that is free, and gives a free one to each name without. */
export async function choosePorts(
  names: readonly string[],
  known: PortMap,
  probes: Probes = { isFree: isPortFree, find: freePort },
): Promise<PortMap> {
  const chosen: Record<string, number> = {};
  const used = () => Object.values(chosen);
  for (const name of names) {
    const before = known[name];
    if (before !== undefined && !used().includes(before) && (await probes.isFree(before))) {
      chosen[name] = before;
      continue;
    }
    do chosen[name] = await probes.find();
    while (used().filter((port) => port === chosen[name]).length > 1 || Object.values(known).includes(chosen[name]));
  }
  return chosen;
}

/** Internal ports, the same over restarts as long as nobody took them meanwhile. */
export async function loadPorts(file: string, services: readonly string[]): Promise<PortMap> {
  const known = readJson<{ ports: PortMap }>(file)?.ports ?? {};
  const ports = await choosePorts([...SERVER_PORTS, ...services], known);
  writeJson(file, { ports });
  return ports;
}
