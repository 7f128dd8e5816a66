import { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectAmqp } from 'amqplib';
import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { prefixDir } from '../programs.mjs';
import { repoRoot } from '../src/repo.js';
import { freePort, startMariaDb, startRabbitMq, type MariaDbServer, type RunningServer } from '../src/servers/index.js';
import { processStat } from '../src/servers/proc.js';

let dir: string;
const running: RunningServer[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mirante-servers-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(running.splice(0).map((server) => server.kill()));
  rmSync(dir, { recursive: true, force: true });
});

function track<T extends RunningServer>(server: T): T {
  running.push(server);
  return server;
}

async function query<T>(server: MariaDbServer, sql: string): Promise<T[]> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port: server.port,
    user: 'root',
    password: server.rootPassword,
  });
  try {
    const [rows] = await connection.query(sql);
    return rows as T[];
  } finally {
    await connection.end();
  }
}

describe('startMariaDb', () => {
  it('should keep committed rows, port and password over SIGKILL and start', async () => {
    const sut = track(await startMariaDb({ dir: join(dir, 'db'), durability: 'relaxed' }));
    await query(sut, 'CREATE DATABASE kept');
    await query(sut, 'CREATE TABLE kept.t (n INT) ENGINE=InnoDB');
    await query(sut, 'INSERT INTO kept.t VALUES (7)');
    const before = sut.pid;

    await sut.kill();
    expect(processStat(before)).toBeUndefined();
    await sut.start();

    expect(sut.pid).not.toBe(before);
    expect(await query(sut, 'SELECT n FROM kept.t')).toEqual([{ n: 7 }]);
  });

  it('should work where a folder has a blank in its name, its own or that of its programs', async () => {
    const prefix = join(dir, 'unpacked servers');
    symlinkSync(prefixDir(repoRoot), prefix);
    vi.stubEnv('MIRANTE_PREFIX', prefix);
    const sut = track(await startMariaDb({ dir: join(dir, 'my clone', 'db'), durability: 'relaxed' }));
    expect(await query(sut, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('should let nobody in without the password', async () => {
    const sut = track(await startMariaDb({ dir: join(dir, 'db') }));
    const accounts = await query<{ User: string }>(sut, "SELECT User FROM mysql.user WHERE User <> 'mariadb.sys'");
    expect(accounts.map((account) => account.User)).toEqual(['root', 'root']);
    for (const door of [{ host: '127.0.0.1', port: sut.port }, { socketPath: sut.socket }]) {
      for (const password of ['', 'root', sut.rootPassword.slice(1)]) {
        await expect(createConnection({ ...door, user: 'root', password })).rejects.toThrow(/Access denied/);
      }
      await (await createConnection({ ...door, user: 'root', password: sut.rootPassword })).end();
    }
    expect(statSync(join(dir, 'db', 'data')).mode & 0o077).toBe(0);
    expect(statSync(join(dir, 'db', 'credentials.json')).mode & 0o077).toBe(0);
  });

  it('should not answer while it is paused and answer again afterwards', async () => {
    const sut = track(await startMariaDb({ dir: join(dir, 'db'), durability: 'relaxed' }));
    sut.pause();
    const answer = query<{ one: number }>(sut, 'SELECT 1 AS one');
    const first = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 300, 'silence'))]);
    expect(first).toBe('silence');
    sut.resume();
    expect(await answer).toEqual([{ one: 1 }]);
  });

  it('should not take the holder of its port for itself', async () => {
    const port = await freePort();
    const holder = createServer((socket) => socket.end('x'));
    holder.listen(port, '127.0.0.1');
    await once(holder, 'listening');
    try {
      const attempt = startMariaDb({ dir: join(dir, 'db'), port });
      await expect(attempt).rejects.toThrow(`process ${process.pid} holds 127.0.0.1:${port}`);
    } finally {
      holder.close();
    }
  });

  it('should report the end of its log when it cannot start', async () => {
    const sut = await startMariaDb({ dir: join(dir, 'db') });
    await sut.stop();
    rmSync(join(dir, 'db', 'data', 'ibdata1'));
    rmSync(join(dir, 'db', 'data', 'mysql'), { recursive: true });
    await expect(sut.start()).rejects.toThrow(
      /mariadb ended with code \d+ while starting; its last log lines:\n.*ERROR/s,
    );
  });
});

describe('startRabbitMq', () => {
  it('should keep persistent messages of a quorum queue over SIGKILL and start', async () => {
    const sut = track(await startRabbitMq({ dir: join(dir, 'mq') }));
    const url = `amqp://${sut.user}:${sut.password}@127.0.0.1:${sut.amqpPort}`;
    const connection = await connectAmqp(url);
    connection.on('error', () => {});
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    await channel.assertQueue('kept', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    channel.sendToQueue('kept', Buffer.from('hello'), { persistent: true });
    await channel.waitForConfirms();
    await sut.untilDurable('kept');

    await sut.kill();
    await sut.start();

    const again = await connectAmqp(url);
    again.on('error', () => {});
    const reader = await again.createChannel();
    const message = await reader.get('kept', { noAck: true });
    expect(message && message.content.toString()).toBe('hello');
    await again.close();
  });

  it('should serve management, metrics and rabbitmqctl', async () => {
    const sut = track(await startRabbitMq({ dir: join(dir, 'mq') }));
    const login = Buffer.from(`${sut.user}:${sut.password}`).toString('base64');
    const overview = await fetch(`http://127.0.0.1:${sut.managementPort}/api/overview`, {
      headers: { authorization: `Basic ${login}` },
    });
    expect(overview.status).toBe(200);
    const metrics = await fetch(`http://127.0.0.1:${sut.prometheusPort}/metrics`);
    expect(await metrics.text()).toContain('rabbitmq_build_info');
    expect(await sut.ctl('list_users')).toContain(sut.user);

    await sut.stop();
    await expect(fetch(`http://127.0.0.1:${sut.managementPort}/`)).rejects.toThrow();
  });
});
