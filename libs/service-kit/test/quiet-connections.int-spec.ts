import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { endQuietConnections } from '../src/quiet-connections.js';

/** Far more than it takes, far less than the time after which Node gives up on a connection that says nothing. */
const SOON_MS = 5_000;

describe(endQuietConnections.name, () => {
  let sut: FastifyInstance;
  let port: number;
  let goOn: () => void;
  let entered: Promise<void>;

  beforeEach(async () => {
    sut = Fastify({ forceCloseConnections: 'idle' });
    endQuietConnections(sut);
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    entered = new Promise((resolve) => {
      sut.get('/slow', async () => {
        resolve();
        await gate;
        return 'done';
      });
    });
    sut.get('/fast', () => 'done');
    await sut.listen({ port: 0, host: '127.0.0.1' });
    ({ port } = sut.server.address() as { port: number });
  });

  afterEach(async () => {
    goOn();
    await sut.close();
  });

  async function opened(said = ''): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(said);
    const connections = () => new Promise<number>((resolve) => sut.server.getConnections((_error, n) => resolve(n)));
    await eventually(async () => expect(await connections()).toBe(1));
    return socket;
  }

  const closedSoon = async () => {
    const startedAt = performance.now();
    await sut.close();
    expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  };

  it('should not wait for a connection over which nothing ever came', async () => {
    const socket = await opened();
    const ended = once(socket, 'close');
    await closedSoon();
    await ended;
  });

  it('should not wait for the rest of a request', async () => {
    const socket = await opened('GET /fast HTTP/1.1\r\nHost:');
    socket.on('error', () => undefined);
    await closedSoon();
  });

  it('should let a request under way have its answer', async () => {
    const socket = await opened('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    const answer = text(socket);
    await entered;
    const closed = closedSoon();
    goOn();
    expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*done$/);
    await closed;
  });
});
