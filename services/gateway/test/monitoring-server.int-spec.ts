import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { initLogging, type LoggingHandle } from '#libs/observability';
import { MonitoringServer } from '../src/system/monitoring-server.js';

describe('MonitoringServer', () => {
  let answer: string;
  const asked: string[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url!);
    response.end(answer);
  });
  let dir: string;
  let logging: LoggingHandle;
  let sut: MonitoringServer;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'monitoring-server-'));
    logging = initLogging({ service: 'spec', version: '1', environment: 'test', levels: 'info', dir });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    sut = new MonitoringServer('Prometheus', `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`, 5_000);
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await logging.close();
    rmSync(dir, { recursive: true });
  });

  const ask = () => sut.ask(['a?x=1', 'b'], z.object({ value: z.number() }));

  it('should tell once that a server is away, and that it is back', async () => {
    answer = '{"value":1}';
    expect(await ask()).toEqual([{ value: 1 }, { value: 1 }]);
    expect(asked.sort()).toEqual(['/base/a?x=1', '/base/b']);
    for (answer of ['<html>', '{"value":"1"}', '<html>']) expect(await ask()).toBeUndefined();
    answer = '{"value":2}';
    for (let again = 0; again < 2; again++) expect(await ask()).toEqual([{ value: 2 }, { value: 2 }]);
    await logging.flush();
    const [file] = readdirSync(dir).filter((name) => name.endsWith('.ndjson'));
    const lines = readFileSync(join(dir, file!), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore
    const told = lines.filter((line) => line['log.logger'] === 'MonitoringServer');
    expect(told.map((line) => [line['log.level'], line['message']])).toEqual([
      ['warn', 'Prometheus gives no usable answer'],
      ['info', 'Prometheus answers again'],
    ]);
  });
});
