import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, createTestVhost, eventually, startServiceProcess } from '#libs/testing';

describe('createTestDatabase', () => {
  it('should give every caller an empty schema of its own and delete it', async () => {
    const [sut, other] = await Promise.all([createTestDatabase(), createTestDatabase('other')]);
    await sut.query('CREATE TABLE t (n INT)');
    await sut.query('INSERT INTO t VALUES (?)', [7]);
    expect(await sut.query('SELECT n FROM t')).toEqual([{ n: 7 }]);
    expect(await other.query('SHOW TABLES')).toEqual([]);
    expect(sut.env['MIRANTE_MYSQL_DATABASE']).toBe(sut.database);

    await sut.drop();
    expect(await other.query('SHOW DATABASES LIKE ?', [sut.database])).toEqual([]);
    await other.drop();
  });
});

describe('createTestVhost', () => {
  it('should exist until it is deleted', async () => {
    const sut = await createTestVhost();
    await sut.management('PUT', 'queues/{vhost}/q', { durable: true });
    expect(await sut.management('GET', 'queues/{vhost}')).toMatchObject([{ name: 'q', vhost: sut.name }]);
    expect(new URL(sut.amqpUrl).pathname).toBe(`/${sut.name}`);

    await sut.delete();
    await expect(sut.management('GET', 'vhosts/{vhost}')).rejects.toThrow('404');
  });
});

describe('startServiceProcess', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'mirante-process-'));
  });

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function script(body: string): string {
    const file = join(dir, 'main.mjs');
    writeFileSync(file, body);
    return file;
  }

  async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  it('should collect what it logs over kill and restart, and stop it in an orderly way', async () => {
    const port = await freePort();
    const entry = script(`
      import { createServer } from 'node:http';
      const server = createServer((_, answer) => answer.end('ok')).listen(${port}, '127.0.0.1');
      console.log(JSON.stringify({ message: 'up', pid: process.pid, secret: process.env.HIDDEN ?? null, given: process.env.GIVEN }));
      console.error('plain');
      process.on('SIGTERM', () => server.close(() => process.exit(7)));
    `);
    process.env['HIDDEN'] = 'x';
    const sut = await startServiceProcess({ entry, env: { GIVEN: 'y' }, readyUrl: `http://127.0.0.1:${port}/` });
    const first = sut.pid;

    await sut.kill();
    await sut.restart();
    expect(sut.pid).not.toBe(first);
    await eventually(() => expect(sut.logs).toHaveLength(2));
    expect(sut.logs).toMatchObject([
      { message: 'up', pid: first, secret: null, given: 'y' },
      { message: 'up', pid: sut.pid },
    ]);
    await eventually(() => expect(sut.output).toEqual(['plain', 'plain']));
    expect(await sut.stop()).toBe(7);
  });

  it('should say what a service printed that ended while starting', async () => {
    const entry = script("console.log('no database'); process.exit(3);");
    const sut = startServiceProcess({ entry, env: {}, readyUrl: 'http://127.0.0.1:1/' });
    await expect(sut).rejects.toThrow(/ended with 3 while starting:\nno database/);
  });
});
