import { once } from 'node:events';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';

/** Different free TCP ports of 127.0.0.1, chosen by the kernel and all held until the last one is known. */
export async function freePorts(count: number): Promise<number[]> {
  const holders = Array.from({ length: count }, () => createServer());
  try {
    await Promise.all(
      holders.map((holder) => {
        holder.listen(0, HOST);
        return once(holder, 'listening');
      }),
    );
    return holders.map((holder) => (holder.address() as { port: number }).port);
  } finally {
    await Promise.all(holders.map((holder) => new Promise((resolve) => holder.close(resolve))));
  }
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
