import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { eventually } from '#libs/testing';
import { repoRoot } from '../../compose/native/src/repo.js';
import { startAlertmanager, type AlertmanagerServer } from '../../compose/native/src/servers/index.js';
import { programsOf } from '../../compose/native/src/servers/programs.js';
import type { AlertReceivers } from '../src/alertmanager/alert-receivers.config.js';
import { alertmanagerConfig } from '../src/alertmanager/alertmanager-config.js';
import { mute, writeAlertmanagerConfig } from '../src/alertmanager/alertmanager.command.js';
import { readCatalogue } from '../src/signals/catalogue.js';
import { burnAlertOf } from '../src/signals/slos.js';

const run = promisify(execFile);
const dir = mkdtempSync(join(tmpdir(), 'alertmanager-'));

afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function amtool(...args: string[]): Promise<string> {
  const { amtool: program, env } = programsOf('alertmanager');
  const { stdout, stderr } = await run(program, args, { env: { ...process.env, ...env } });
  return stdout + stderr;
}

function write(name: string, receivers: AlertReceivers): string {
  const file = join(dir, `${name}.yml`);
  writeFileSync(file, stringify(alertmanagerConfig(receivers, { groupWait: '1s', groupInterval: '1s' })));
  return file;
}

const MAIL = { to: 'a@example.org', from: 'm@example.org', smarthost: 'mail.example:587', requireTls: true };
const EVERYTHING: AlertReceivers = {
  webhookUrl: 'http://127.0.0.1:9/hook',
  heartbeatUrl: 'http://127.0.0.1:9/beat',
  mail: { ...MAIL, user: 'u', password: 'p' },
  workingHours: { from: '08:00', to: '18:00', timeZone: 'Europe/Lisbon' },
};

describe('configuration of Alertmanager', () => {
  it.each<[string, AlertReceivers]>([
    ['nothing', {}],
    ['a webhook', { webhookUrl: 'http://127.0.0.1:9/hook' }],
    ['mail without a login', { mail: MAIL }],
    ['everything', EVERYTHING],
  ])('should be without fault with %s', async (name, receivers) => {
    expect(await amtool('check-config', write(name.replaceAll(' ', '-'), receivers))).toMatch(/SUCCESS/);
  });

  it('should be without fault as it lies in the repository', async () => {
    const file = join(repoRoot, 'observability/alertmanager/alertmanager.yml');
    expect(await amtool('check-config', file)).toMatch(/SUCCESS/);
  });

  it('should be written for its owner only, over a file others may read too', async () => {
    const file = join(dir, 'written.yml');
    writeFileSync(file, 'older and longer '.repeat(1_000), { mode: 0o644 });
    vi.stubEnv('MIRANTE_ALERT_WEBHOOK_URL', 'http://127.0.0.1:9/secret');
    const said: string[] = [];
    const say = (line: string) => void said.push(line);
    expect(await writeAlertmanagerConfig([file], { say, complain: say })).toBe(0);
    vi.unstubAllEnvs();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('http://127.0.0.1:9/secret');
    expect(said.join('\n')).not.toContain('secret');
    expect(await amtool('check-config', file)).toMatch(/SUCCESS/);
  });

  it('should lead every alert there is to who has to act', async () => {
    const file = write('routes', EVERYTHING);
    const { alerts, slos } = readCatalogue(repoRoot);
    const heard = { page: 'page', ticket: 'ticket', info: 'heartbeat' };
    const all = [
      ...alerts.map(({ name, severity, service = 'gateway' }) => ({ name, severity, service })),
      ...slos.flatMap((slo) =>
        (['page', 'ticket'] as const).map((severity) => ({ name: burnAlertOf(slo), severity, service: 'gateway' })),
      ),
    ];
    expect(all.length).toBeGreaterThan(50);
    for (const { name, severity, service } of all) {
      const labels = [`alertname=${name}`, `severity=${severity}`, `service=${service}`];
      // It fails when they end elsewhere.
      await amtool(
        'config',
        'routes',
        'test',
        `--config.file=${file}`,
        `--verify.receivers=${heard[severity]}`,
        ...labels,
      );
    }
  });

  it('should only show what has no severity, and be found out when a route is wrong', async () => {
    const test = (receiver: string) => [
      'config',
      'routes',
      'test',
      `--config.file=${join(dir, 'routes.yml')}`,
      `--verify.receivers=${receiver}`,
      'alertname=Strange',
    ];
    await amtool(...test('shown'));
    const refusal: unknown = await amtool(...test('page')).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ stdout: expect.stringContaining('did not match') as string });
  });
});

describe('Alertmanager', () => {
  const posts: Array<{ status: string; alerts: Array<{ status: string; labels: Record<string, string> }> }> = [];
  let receiver: Server;
  let sut: AlertmanagerServer;
  let address: string;

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        posts.push(JSON.parse(body) as (typeof posts)[number]);
        response.end();
      });
    });
    await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve));
    const webhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    sut = await startAlertmanager({ dir: join(dir, 'server'), configFile: write('server', { webhookUrl }) });
    address = `http://127.0.0.1:${sut.port}`;
  });

  afterAll(async () => {
    await sut?.kill();
    receiver?.close();
  });

  const send = async (alerts: Array<Record<string, string>>, endsAt?: Date) => {
    const body = alerts.map((labels) => ({ labels, annotations: { summary: 's' }, ...(endsAt && { endsAt }) }));
    const response = await fetch(`${address}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
  };
  const told = () =>
    posts.flatMap(({ alerts }) =>
      alerts.map(({ status, labels }) => `${status} ${labels['alertname']} ${labels['severity']}`),
    );

  it('should keep the ticket of an objective to itself while its page is out, and tell when it is over', async () => {
    const burn = (severity: string, service: string) => ({ alertname: 'Burn', severity, service, slo: 'x' });
    const alerts = [burn('page', 'a'), burn('ticket', 'a'), burn('ticket', 'b')];
    await send(alerts);
    await eventually(() => expect(told()).toEqual(expect.arrayContaining(['firing Burn page', 'firing Burn ticket'])));
    const tickets = posts.flatMap((post) => post.alerts).filter(({ labels }) => labels['severity'] === 'ticket');
    expect(tickets.map(({ labels }) => labels['service'])).toEqual(['b']);
    await send(alerts, new Date());
    await eventually(() => expect(told()).toContain('resolved Burn page'));
  });

  it('should put what follows from one broken server into one message', async () => {
    posts.length = 0;
    const of = (alertname: string) => ({ alertname, severity: 'page', service: 'rabbitmq', queue: alertname });
    await send([of('DeafConsumer'), of('RabbitMqMemoryAlarm')]);
    await eventually(() => expect(told()).toHaveLength(2));
    expect(posts).toHaveLength(1);
  });

  it('should show what it is told to keep to itself', async () => {
    vi.stubEnv('MIRANTE_ALERTMANAGER_URL', address);
    const said: string[] = [];
    const say = (line: string) => void said.push(line);
    expect(await mute(['5m', 'deploying', '0.2'], { say, complain: say })).toBe(0);
    const [, end] = /end it before with: amtool (.+)$/.exec(said.join()) ?? [];
    await send([{ alertname: 'Quiet', severity: 'page', service: 'a' }]);
    await eventually(async () => {
      const shown = (await (await fetch(`${address}/api/v2/alerts`)).json()) as Array<{
        labels: Record<string, string>;
        status: { state: string; silencedBy: string[] };
      }>;
      const quiet = shown.find(({ labels }) => labels['alertname'] === 'Quiet');
      expect(quiet?.status).toMatchObject({ state: 'suppressed', silencedBy: [expect.any(String) as string] });
    });
    await amtool(...end!.replace('"$MIRANTE_ALERTMANAGER_URL"', address).split(' '));
    vi.unstubAllEnvs();
    const silences = (await (await fetch(`${address}/api/v2/silences`)).json()) as Array<{ status: { state: string } }>;
    expect(silences.map(({ status }) => status.state)).toEqual(['expired']);
  });
});
