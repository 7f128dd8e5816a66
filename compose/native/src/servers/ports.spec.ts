import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePorts, isPortFree } from './ports.js';

describe('freePorts', () => {
  it('should give different ports below those of outgoing connections', async () => {
    const sut = await freePorts(20);
    expect(new Set(sut).size).toBe(20);
    expect(Math.min(...sut)).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...sut)).toBeLessThan(32_768);
  });
});

describe('isPortFree', () => {
  it('should see who listens', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    expect(await isPortFree(port)).toBe(false);
    await new Promise((resolve) => holder.close(resolve));
    expect(await isPortFree(port)).toBe(true);
  });
});
