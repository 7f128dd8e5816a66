import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useFaultBoard, type FaultBoard } from '#libs/faults';
import { delayRoutes } from './delay-routes.js';

describe(delayRoutes.name, () => {
  let server: FastifyInstance;

  beforeEach(() => {
    server = Fastify();
    delayRoutes(server);
    server.get('/slow/:id', () => 'slow');
    server.get('/fast', () => 'fast');
  });

  afterEach(async () => {
    useFaultBoard(undefined);
    await server.close();
  });

  async function secondsOf(url: string): Promise<number> {
    const start = performance.now();
    expect((await server.inject(url)).statusCode).toBe(200);
    return (performance.now() - start) / 1_000;
  }

  it('should hold up nothing without the fault', async () => {
    expect(await secondsOf('/slow/1')).toBeLessThan(1.5);
  });

  it('should hold up the route the fault names, and no other', async () => {
    const board: Pick<FaultBoard, 'isOn'> = { isOn: (flag, place) => flag === 'slow-route' && place === '/slow/:id' };
    useFaultBoard(board as FaultBoard);
    const [slow, fast] = await Promise.all([secondsOf('/slow/1'), secondsOf('/fast')]);
    expect(slow).toBeGreaterThan(1.9);
    expect(fast).toBeLessThan(1.5);
  });
});
