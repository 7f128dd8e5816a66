import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { docker } from '../../compose/native/docker.mjs';
import { SERVICES } from '../../compose/native/src/services.js';
import { nameOf, runCollection } from '../harness/postman.js';
import { ContainerStack } from './container-stack.js';
import { crash, whyNoContainers } from './containers.js';

const START_MS = 900_000;
const HEALING_MS = 180_000;
const JOBS = ['databases', 'migrate'];
const names = SERVICES.map(({ name }) => name);

const reason = await whyNoContainers();
if (reason !== undefined) console.warn(`skipped: the compose files are not run here: ${reason}`);

// One stack for all; each test leaves it running.
describe.skipIf(reason !== undefined)('the stack in containers', () => {
  let sut: ContainerStack;

  beforeAll(async () => {
    sut = await ContainerStack.create();
    const { code, output } = await sut.cli('up');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/^mode: compose \(Docker .+ answers and has every image\)/m);
    expect(output).toContain('Mirante runs in containers');
  }, START_MS);

  afterAll(() => sut?.close(), HEALING_MS);

  it('should be well, all of it', { timeout: HEALING_MS }, async () => {
    await sut.untilAllWell();
    const services = [...(await sut.containers()).keys()];
    expect(services).toEqual(expect.arrayContaining([...names, 'mysql', 'rabbitmq', 'prometheus', 'alertmanager']));
  });

  it('should run without rights, as the files say', async () => {
    for (const [service, { HostConfig: host, Config: config }] of await sut.containers()) {
      expect({
        service,
        readOnly: host.ReadonlyRootfs,
        capabilities: [host.CapDrop, host.CapAdd],
        security: host.SecurityOpt,
        hasLimits: host.Memory > 0 && (host.PidsLimit ?? 0) > 0,
        init: host.Init,
        privileged: host.Privileged,
        isRoot: /^(0|root|)(:|$)/.test(config.User),
      }).toEqual({
        service,
        readOnly: true,
        capabilities: [['ALL'], null],
        security: ['no-new-privileges:true'],
        hasLimits: true,
        init: true,
        privileged: false,
        isRoot: false,
      });
    }
  });

  it('should be reached on this machine alone, and only where people look', async () => {
    const published = [...(await sut.containers())].flatMap(([service, { HostConfig: host }]) =>
      Object.values(host.PortBindings ?? {}).map(([binding]) => `${service} ${binding!.HostIp}`),
    );
    const expected = ['alertmanager', 'gateway', 'prometheus'].map((service) => `${service} 127.0.0.1`);
    expect(published.sort((a, b) => a.localeCompare(b))).toEqual(expected);
  });

  it('should have no way out of the inner network', async () => {
    for (const service of ['mysql', 'rabbitmq', 'analytics']) {
      expect({ service, isOut: await sut.reachesOnEdge(service, 'alertmanager', 9093) }).toEqual({
        service,
        isOut: false,
      });
    }
    expect(await sut.reachesOnEdge('twitter-ingest', 'alertmanager', 9093)).toBe(true);
  });

  it('should let a service see its own rows and nothing else', async () => {
    const tried = await sut.sql('gateway', [
      'SELECT 1 FROM mirante_gateway.api_key',
      'SELECT 1 FROM mirante_analytics.tag',
      'DROP TABLE mirante_gateway.api_key',
      'SELECT 1 FROM mysql.user',
    ]);
    const refused = 'ER_TABLEACCESS_DENIED_ERROR';
    expect(tried).toEqual(['done', refused, refused, refused]);
  });

  it('should be watched: whatever gives metrics is up', { timeout: 120_000 }, async () => {
    interface Answer {
      data: { result: Array<{ metric: Record<string, string>; value: [number, string] }> };
    }
    // There is no stand-in of Grafana.
    const url = `${sut.prometheusUrl}/api/v1/query?query=${encodeURIComponent('up{job!="grafana"}')}`;
    const look = async () => {
      const { data } = (await (await fetch(url)).json()) as Answer;
      expect(data.result.filter(({ value }) => value[1] !== '1').map(({ metric }) => metric)).toEqual([]);
      const services = data.result.map(({ metric }) =>
        metric['job'] === 'mirante' ? metric['service'] : metric['job'],
      );
      expect(services).toEqual(expect.arrayContaining([...names, 'rabbitmq', 'rabbitmq-queues', 'mysql', 'node']));
    };
    await eventually(look, { timeoutMs: 90_000, everyMs: 1_000 });
  });

  it('should pass the Postman collection', { timeout: START_MS }, async () => {
    const { run } = await runCollection(sut.baseUrl);
    expect(run.failures.map(nameOf)).toEqual([]);
    expect(run.stats.requests.failed).toBe(0);
    expect(run.stats.assertions.total).toBeGreaterThan(90);
  });

  it('should collect what the simulator of X makes up', { timeout: HEALING_MS }, async () => {
    const collected = async () => {
      const answer = await fetch(`${sut.baseUrl}/api/v1/posts?tag=miradouro&source=x-simulator`);
      expect(await answer.json()).toMatchObject({ items: expect.arrayContaining([expect.anything()]) as unknown });
    };
    await eventually(collected, { timeoutMs: 120_000, everyMs: 1_000 });
  });

  it('should answer the commands of the launcher', { timeout: HEALING_MS }, async () => {
    expect(JSON.parse((await sut.cli('status', '--json')).output)).toMatchObject({
      mode: 'compose',
      project: sut.project,
    });
    expect((await sut.cli('logs', 'gateway', '-n', '5')).output).toMatch(/ gateway +\[/);
    expect((await sut.cli('logs', 'mysql')).code).toBe(0);
    expect((await sut.cli('logs', 'nobody')).code).toBe(2);
    const answer = await fetch(`${sut.baseUrl}/api/v1/posts?tag=lookout`);
    const trace = answer.headers.get('traceresponse')!.split('-')[1]!;
    const isLogged = async () => expect((await sut.cli('logs', '--trace', trace)).output).toContain(' gateway ');
    await eventually(isLogged, { timeoutMs: 30_000, everyMs: 500 });
    expect(await sut.cli('parking', 'list')).toMatchObject({ code: 0 });
    expect(await sut.cli('keys', 'list')).toMatchObject({ code: 0 });
    expect((await sut.cli('migrate')).output).toContain('gateway: schema is up to date');
  });

  it('should keep its data over down and up', { timeout: START_MS }, async () => {
    await sut.importSample('kept');
    await sut.amqp(`await ch.assertQueue('probe', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      ch.sendToQueue('probe', Buffer.from('still here'), { persistent: true });
      await ch.waitForConfirms()`);
    const before = await sut.container('gateway');

    expect((await sut.cli('down')).output).toContain('the data is kept');
    const left = await docker(['ps', '-aq', '--filter', `label=com.docker.compose.project=${sut.project}`]);
    expect(left.stdout.trim()).toBe('');
    expect((await sut.cli('status')).code).toBe(3);
    expect(await sut.cli('up')).toMatchObject({ code: 0 });

    expect((await sut.container('gateway')).Id).not.toBe(before.Id);
    expect(await sut.postsOf('kept')).toBe(40);
    expect(
      await sut.amqp(`const message = await ch.get('probe', { noAck: true }); console.log(String(message.content))`),
    ).toBe('still here');
    const folders = await sut.inside('rabbitmq', 'bash', '-c', 'ls -d /var/lib/rabbitmq/mnesia/*@*/');
    expect(folders.output.match(/rabbit@\w+\/$/gm)).toEqual(['rabbit@rabbitmq/']);
  });

  it('should heal when any container is killed', { timeout: START_MS }, async () => {
    await sut.untilAllWell();
    const services = [...(await sut.containers()).keys()].filter((service) => !JOBS.includes(service));
    for (const service of services) {
      const before = await sut.container(service);
      await crash(before.Id);
      const isBack = async () => {
        const { Id, RestartCount, State } = await sut.container(service);
        const now = { service, Id, hasRestarted: RestartCount > before.RestartCount, health: State.Health?.Status };
        expect(now).toEqual({ service, Id: before.Id, hasRestarted: true, health: 'healthy' });
      };
      await eventually(isBack, { timeoutMs: HEALING_MS, everyMs: 500 });
      await sut.untilAllWell();
      await sut.importSample(`after_${service.replaceAll('-', '_')}`);
    }
    expect(await sut.postsOf('kept')).toBe(40);
    if (sut.refusals.length > 0) console.info(`put off until they could be done:\n${sut.refusals.join('\n')}`);
  });

  it('should start again what somebody has stopped', { timeout: START_MS }, async () => {
    const { Id } = await sut.container('analytics');
    // Docker takes this for a wish, and leaves it at that.
    await docker(['kill', Id]);
    expect((await sut.cli('status')).code).toBe(1);
    expect(await sut.cli('up')).toMatchObject({ code: 0 });
    await sut.untilAllWell();
    expect((await sut.container('analytics')).Id).toBe(Id);
  });

  it('should notice passwords that do not fit the volumes, before anything starts', { timeout: START_MS }, async () => {
    const file = join(sut.state, 'compose.env');
    const kept = readFileSync(file, 'utf8');
    expect((await sut.cli('down')).code).toBe(0);

    writeFileSync(file, kept.replace(/^(MIRANTE_MYSQL_ROOT_PASSWORD)=.*$/m, '$1=another'));
    const changed = await sut.cli('up');
    expect(changed.code).toBe(1);
    expect(changed.output).toContain(`${sut.project}_mysql-data was made with another MIRANTE_MYSQL_ROOT_PASSWORD`);

    rmSync(file);
    const gone = await sut.cli('up');
    expect(gone.code).toBe(1);
    expect(gone.output).toMatch(/there is data in .+_mysql-data.+ but its passwords in .+compose\.env are gone/);
    // A refused start makes no new secrets, with which the next one would go wrong.
    expect(existsSync(file)).toBe(false);

    writeFileSync(file, kept, { mode: 0o600 });
    expect(await sut.cli('up')).toMatchObject({ code: 0 });
    expect(await sut.postsOf('kept')).toBe(40);
  });

  it('should delete everything only when that is said twice', { timeout: HEALING_MS }, async () => {
    expect((await sut.cli('down', '--purge')).code).toBe(2);
    await sut.untilAllWell();
    expect((await sut.cli('down', '--purge', '--yes')).code).toBe(0);
    const filter = `label=com.docker.compose.project=${sut.project}`;
    expect((await docker(['volume', 'ls', '-q', '--filter', filter])).stdout.trim()).toBe('');
    expect(existsSync(join(sut.state, 'compose.env'))).toBe(false);
  });
});
