import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { repoRoot } from '../src/repo.js';
import { freePort } from '../src/servers/index.js';
import { processStat } from '../src/servers/proc.js';
import { SERVICES } from '../src/services.js';
import type { RunRecord } from '../src/stack/run-file.js';

const run = promisify(execFile);
const HEALING_MS = 60_000;

interface Outcome {
  code: number;
  output: string;
}

let state: string;
let port: number;

async function cli(...args: string[]): Promise<Outcome> {
  const main = join(repoRoot, 'dist/compose/native/src/cli.js');
  const env = { ...process.env, MIRANTE_MODE: 'native', MIRANTE_STATE_DIR: state, MIRANTE_PORT: String(port) };
  try {
    const { stdout, stderr } = await run(process.execPath, [main, ...args], { env, cwd: repoRoot });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

async function stack(): Promise<RunRecord> {
  return JSON.parse((await cli('status', '--json')).output) as RunRecord;
}

async function pidOf(part: string): Promise<number> {
  return (await stack()).parts.find(({ name }) => name === part)!.processes.at(-1)!.pid;
}

async function untilAllReady(): Promise<void> {
  await eventually(async () => expect((await cli('status')).code).toBe(0), { timeoutMs: HEALING_MS, everyMs: 250 });
}

/** Every process of this stack has its folder in its environment or arguments, whoever its parent is by now. */
function processesOfStack(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && processStat(Number(name))?.state !== 'Z')
    .filter((pid) => ['environ', 'cmdline'].some((file) => read(`/proc/${pid}/${file}`).includes(state)))
    .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function isAnswered(path: string): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}${path}`)).ok;
  } catch {
    return false;
  }
}

// One stack for all; each test leaves it running.
describe('the launcher', () => {
  beforeAll(async () => {
    state = mkdtempSync(join(tmpdir(), 'mirante-launcher-'));
    port = await freePort();
    const { code, output } = await cli('up');
    expect(output).toContain(`http://127.0.0.1:${port}`);
    expect(code).toBe(0);
  }, 180_000);

  afterAll(async () => {
    await cli('down');
    rmSync(state, { recursive: true, force: true });
  }, 120_000);

  it('should have everything ready and answer', async () => {
    await untilAllReady();
    const { phase, parts } = await stack();
    expect(phase).toBe('running');
    expect(parts.map(({ name }) => name)).toEqual(expect.arrayContaining(SERVICES.map(({ name }) => name)));
    expect(await isAnswered('/version')).toBe(true);
  });

  it('should print the addresses again and start nothing twice', async () => {
    const before = await stack();
    const { code, output } = await cli('up');
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('Mirante runs:') });
    expect((await stack()).parts.map(({ processes }) => processes)).toEqual(
      before.parts.map(({ processes }) => processes),
    );
  });

  it('should keep secrets from others', () => {
    expect(statSync(join(state, 'secrets.json')).mode & 0o077).toBe(0);
    expect(statSync(join(state, 'data')).mode & 0o077).toBe(0);
    expect(statSync(join(state, 'run.json')).mode & 0o077).toBe(0);
  });

  it.each(['gateway', 'analytics', 'mariadb', 'rabbitmq', 'prometheus'])(
    'should start %s again after SIGKILL',
    async (part) => {
      const pid = await pidOf(part);
      process.kill(-pid, 'SIGKILL');
      await eventually(async () => expect(await pidOf(part)).not.toBe(pid), { timeoutMs: HEALING_MS, everyMs: 250 });
      await untilAllReady();
      await eventually(() => isAnswered('/version'), { timeoutMs: HEALING_MS });
    },
  );

  it('should scrape every service', async () => {
    const { parts } = await stack();
    const prometheus = parts.find(({ name }) => name === 'prometheus')!.port;
    const query = encodeURIComponent('up{job="mirante"} == 1');
    await eventually(
      async () => {
        const answer = await fetch(`http://127.0.0.1:${prometheus}/api/v1/query?query=${query}`);
        const body = (await answer.json()) as { data: { result: Array<{ metric: { service: string } }> } };
        const seen = body.data.result.map(({ metric }) => metric.service);
        expect(seen.sort()).toEqual(SERVICES.map(({ name }) => name).sort());
      },
      { timeoutMs: 30_000, everyMs: 250 },
    );
  });

  it('should find one request in the logs of all services', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    await fetch(`http://127.0.0.1:${port}/version`, { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } });
    await eventually(
      async () => {
        const { code, output } = await cli('logs', '--trace', trace);
        expect(code).toBe(0);
        expect(output).toContain('/version');
      },
      { timeoutMs: 15_000, everyMs: 250 },
    );
    expect((await cli('logs', '--trace', trace.replace('4b', '5b'))).code).toBe(1);
  });

  it('should come up again after the supervisor itself was killed', async () => {
    const before = await stack();
    process.kill(before.supervisor.pid, 'SIGKILL');
    await eventually(async () => expect((await cli('status')).code).toBe(1), { everyMs: 100 });
    const { code, output } = await cli('up');
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/ended \d+ processes/) });
    await untilAllReady();
    const now = await stack();
    expect(now.parts.map(({ port: internal }) => internal)).toEqual(before.parts.map(({ port: internal }) => internal));
  });

  it('should delete nothing without --yes', async () => {
    const { code, output } = await cli('down', '--purge');
    expect(code).toBe(2);
    expect(output).toContain('--purge --yes');
    expect((await stack()).phase).toBe('running');
  });

  it('should leave no process after down, keep the data, and say who holds its port', async () => {
    const secrets = readFileSync(join(state, 'secrets.json'), 'utf8');
    expect((await cli('down')).code).toBe(0);
    expect(processesOfStack()).toEqual([]);
    expect((await cli('status')).code).toBe(3);

    const holder = createServer().listen(port, '127.0.0.1');
    await once(holder, 'listening');
    const refused = await cli('up');
    expect(refused.code).toBe(1);
    expect(refused.output).toContain(`held by process ${process.pid}`);
    expect(refused.output).toContain(`MIRANTE_PORT=${port + 1}`);
    expect(processesOfStack()).toEqual([]);
    await new Promise((resolve) => holder.close(resolve));

    expect((await cli('up')).code).toBe(0);
    expect(readFileSync(join(state, 'secrets.json'), 'utf8')).toBe(secrets);
  });

  it('should stop what had started and show the log when a part does not start', async () => {
    expect((await cli('down')).code).toBe(0);
    rmSync(join(state, 'data/mariadb/data/ibdata1'));
    rmSync(join(state, 'data/mariadb/data/mysql'), { recursive: true });
    const { code, output } = await cli('up');
    expect(code).toBe(1);
    expect(output).toMatch(/mariadb ended with .* its last log lines:\n.*ERROR/s);
    expect(processesOfStack()).toEqual([]);

    const purged = await cli('down', '--purge', '--yes');
    expect(purged.code).toBe(0);
    expect(existsSync(join(state, 'data'))).toBe(false);
    expect(existsSync(join(state, 'secrets.json'))).toBe(false);
    expect((await cli('up')).code).toBe(0);
  });
});
