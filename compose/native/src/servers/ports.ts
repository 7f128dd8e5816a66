import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';
const LOWEST = 10_000;

/**
 * Different free TCP ports of 127.0.0.1, chosen at random below the range from which the kernel takes the local ports of
 * outgoing connections: there a server that restarts could find its port in use by somebody's connection.
 */
export async function freePorts(count: number): Promise<number[]> {
  const highest = Math.max(lowestEphemeralPort() - 1, LOWEST + 1_000);
  const chosen = new Set<number>();
  for (let tries = 0; chosen.size < count; tries += 1) {
    if (tries > 1_000 * count) throw new Error(`found no ${count} free ports from ${LOWEST} to ${highest}`);
    const port = LOWEST + Math.floor(Math.random() * (highest - LOWEST + 1));
    if (!chosen.has(port) && (await isPortFree(port))) chosen.add(port);
  }
  return [...chosen];
}

/** One free TCP port of 127.0.0.1. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port!;
}

/** Tells whether a port of 127.0.0.1 can be bound right now. */
export async function isPortFree(port: number, host: string = HOST): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen({ port, host, exclusive: true });
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    await new Promise((resolve) => probe.close(resolve));
  }
}

function lowestEphemeralPort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0]);
  } catch {
    return 32_768;
  }
}
