import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { repoRoot } from '../src/repo.js';

const run = promisify(execFile);

/** Plays Docker's command line: writes down what it was asked, and answers from a file. */
const FAKE = `#!/usr/bin/env node
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
appendFileSync(process.env.FAKE_LOG, JSON.stringify(args) + '\\n');
const { state, volumes, up, exec } = JSON.parse(readFileSync(process.env.FAKE_WORLD, 'utf8'));
const say = (text, code = 0) => { process.stdout.write(text); process.exit(code); };
const rest = args.join(' ');
if (args[0] === 'version') say('28.0.0');
if (rest === 'compose version --short') say('2.30.0');
if (args[0] === 'image') say('[]');
if (args[0] === 'volume') say('', volumes.includes(args.at(-1)) ? 0 : 1);
if (args[0] === 'exec') say(exec ?? '');
if (args.includes('config') && args.includes('json')) say(JSON.stringify({ services: { gateway: { image: 'mirante:local', build: {} } } }));
if (args.includes('config')) say('gateway\\nmysql\\n');
if (args.includes('ps')) say(state.map((row) => JSON.stringify(row)).join('\\n'));
if (args.includes('up')) writeFileSync(process.env.FAKE_LOG + '.env', JSON.stringify(process.env));
if (args.includes('up') && up) { process.stderr.write(up); process.exit(1); }
if (args[0] === 'logs' || args.includes('logs')) say('the end of its log\\n');
say('');
`;

interface World {
  state: object[];
  volumes: string[];
  up?: string;
  exec?: string;
}

const WELL = (service: string) => ({
  Service: service,
  Name: `p-${service}-1`,
  State: 'running',
  Health: 'healthy',
  Status: 'Up',
});

let dir: string;
let gateway: Server;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  // What `up` talks to when everything runs.
  gateway = createServer((_, response) => response.writeHead(202).end('{}'));
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  gateway.close();
});

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mirante-fake-docker-'));
  mkdirSync(join(dir, 'bin'));
  writeFileSync(join(dir, 'bin/docker'), FAKE);
  chmodSync(join(dir, 'bin/docker'), 0o755);
  env = {
    ...process.env,
    PATH: `${join(dir, 'bin')}${delimiter}${process.env['PATH']}`,
    FAKE_LOG: join(dir, 'asked'),
    FAKE_WORLD: join(dir, 'world'),
    MIRANTE_MODE: 'auto',
    MIRANTE_STATE_DIR: join(dir, 'state'),
    MIRANTE_PORT: String((gateway.address() as AddressInfo).port),
    MIRANTE_WITH_LOGS: 'true',
  };
  world({ state: [WELL('gateway')], volumes: [] });
  return () => rmSync(dir, { recursive: true, force: true });
});

function world(given: World): void {
  writeFileSync(join(dir, 'world'), JSON.stringify(given));
}

async function cli(...args: string[]): Promise<{ code: number; output: string }> {
  const main = join(repoRoot, 'dist/compose/native/src/cli.js');
  try {
    const { stdout, stderr } = await run(process.execPath, [main, ...args], { env, cwd: repoRoot });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

/** What compose was asked, without the files and the project, which are the same each time. */
function asked(): string[] {
  return readFileSync(join(dir, 'asked'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[])
    .filter(([first, second]) => first === 'compose' && second === '-p')
    .map((args) =>
      args
        .slice(3)
        .filter((arg, index, all) => arg !== '-f' && all[index - 1] !== '-f')
        .join(' '),
    );
}

describe('the launcher with containers', () => {
  it('should build, wait for the services alone, and start what watches after them', async () => {
    const { code, output } = await cli('up', '--workers', '2');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('mode: compose (Docker 28.0.0 answers and has every image)');
    const profiles = '--profile logs --profile simulator';
    const services = 'twitter-ingest analytics gateway visitors image-tasks x-simulator';
    expect(asked().filter((line) => !line.includes('config'))).toEqual([
      `${profiles} build --quiet`,
      `${profiles} up -d --no-build --wait --wait-timeout 300 --scale image-tasks=2 ${services}`,
      `${profiles} up -d --no-build --scale image-tasks=2`,
    ]);
    expect(output).toMatch(/Kibana +http:\/\/127\.0\.0\.1:5601/);
  });

  it('should tell the services what runs beside them', async () => {
    const handedOver = async (): Promise<NodeJS.ProcessEnv> => {
      expect(await cli('up')).toMatchObject({ code: 0 });
      return JSON.parse(readFileSync(join(dir, 'asked.env'), 'utf8')) as NodeJS.ProcessEnv;
    };
    const whole = await handedOver();
    expect(whole).toMatchObject({
      MIRANTE_KIBANA_URL: 'http://127.0.0.1:5601',
      MIRANTE_ELASTICSEARCH_URL: `http://mirante_posts:${whole['MIRANTE_ES_POSTS_PASSWORD']}@elasticsearch:9200`,
      MIRANTE_X_API_BASE_URL: 'http://x-simulator:9464',
      MIRANTE_X_SIMULATED: 'true',
    });

    writeFileSync(join(dir, 'token'), 'a credential of X\n');
    Object.assign(env, { MIRANTE_WITH_LOGS: 'false', MIRANTE_X_BEARER_TOKEN_FILE: join(dir, 'token') });
    const small = await handedOver();
    expect(small['MIRANTE_X_BEARER_TOKEN']).toBe('a credential of X');
    for (const name of ['KIBANA_URL', 'ELASTICSEARCH_URL', 'X_API_BASE_URL', 'X_SIMULATED']) {
      expect(small).not.toHaveProperty(`MIRANTE_${name}`);
    }
    expect(asked().at(-1)).toBe('up -d --no-build --scale image-tasks=1');
  });

  it('should make secrets once, for the owner alone', async () => {
    await cli('up');
    const file = join(dir, 'state/compose.env');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file, 'utf8');
    expect((await cli('up')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(before);
    const secrets = [...before.matchAll(/=(.+)$/gm)].map(([, secret]) => secret!);
    expect(secrets.length).toBeGreaterThan(15);
    expect(readFileSync(join(dir, 'asked'), 'utf8')).not.toMatch(new RegExp(secrets.join('|')));
  });

  it('should show the log of what did not start, and end with 1', async () => {
    const dead = { Service: 'mysql', Name: 'p-mysql-1', State: 'exited', ExitCode: 1, Status: 'Exited (1)' };
    world({ state: [WELL('rabbitmq'), dead], volumes: [], up: 'dependency failed to start' });
    const { code, output } = await cli('up');
    expect(code).toBe(1);
    expect(output).toContain('dependency failed to start');
    expect(output).toContain('p-mysql-1: Exited (1)\nthe end of its log');
  });

  it('should follow with status, logs and down what it has started', async () => {
    await cli('up');
    world({ state: [WELL('gateway'), { ...WELL('mysql'), Health: 'unhealthy' }], volumes: [] });
    expect((await cli('status')).code).toBe(1);
    world({ state: [], volumes: [] });
    expect((await cli('status')).code).toBe(3);
    world({ state: [WELL('gateway')], volumes: [], exec: logLine });
    expect((await cli('status')).code).toBe(0);
    expect((await cli('logs', 'gateway')).output).toContain('WARN  gateway        [Test] told by a file');
    expect((await cli('logs', '--level', 'error')).code).toBe(1);
    expect((await cli('logs', 'mysql')).output).toContain('the end of its log');

    const { output } = await cli('down');
    expect(output).toContain('the data is kept');
    expect(asked().at(-1)).toMatch(/ down --remove-orphans$/);
    expect(existsSync(join(dir, 'state/compose.json'))).toBe(false);
    expect(existsSync(join(dir, 'state/compose.env'))).toBe(true);
  });

  it('should delete volumes and secrets only when that is said twice, also after a stop', async () => {
    await cli('up');
    expect((await cli('down', '--purge')).code).toBe(2);
    await cli('down');
    expect((await cli('down', '--purge', '--yes')).code).toBe(0);
    expect(asked().at(-1)).toMatch(/ down --remove-orphans --volumes$/);
    expect(existsSync(join(dir, 'state/compose.env'))).toBe(false);
  });

  it('should not start where volumes were made with other passwords', async () => {
    await cli('up');
    const file = join(dir, 'state/compose.env');
    const [, project] = /"project": "([^"]+)"/.exec(readFileSync(join(dir, 'state/compose.json'), 'utf8'))!;
    const volumes = [`${project}_mysql-data`, `${project}_rabbitmq-data`];
    world({ state: [WELL('gateway')], volumes });
    expect((await cli('up')).code).toBe(0);

    const kept = readFileSync(file, 'utf8');
    writeFileSync(file, kept.replace(/^(MIRANTE_RABBITMQ_PASSWORD)=.*$/m, '$1=another'));
    const changed = await cli('up');
    expect(changed).toMatchObject({ code: 1 });
    expect(changed.output).toContain(`volume ${project}_rabbitmq-data was made with another MIRANTE_RABBITMQ_PASSWORD`);
    expect(changed.output).not.toContain('_mysql-data was made');
    expect(asked().at(-1)).not.toContain(' up ');

    rmSync(file);
    const gone = await cli('up');
    expect(gone.code).toBe(1);
    expect(gone.output).toContain('compose.env are gone');
    expect(existsSync(file)).toBe(false);
  });

  it('should not mix containers and processes', async () => {
    await cli('up');
    env['MIRANTE_MODE'] = 'native';
    const { code, output } = await cli('up');
    expect(code).toBe(1);
    expect(output).toContain('the stack was started in containers');
    expect((await cli('dev', 'gateway')).output).toContain('the stack runs in containers');
  });
});

const logLine = `${JSON.stringify({
  '@timestamp': '2026-11-21T10:00:00.000Z',
  'log.level': 'warn',
  'log.logger': 'Test',
  message: 'told by a file',
  'service.name': 'gateway',
})}\n`;
