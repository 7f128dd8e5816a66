import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { parseLines, readLogDir, runChild } from './child.js';
import { type CompiledLibs, compileLibs } from './compiled-libs.js';
import type { LogLine } from './log-line.js';

const WARM = 100;
const BURST = 5_000;
const ALL = Array.from({ length: WARM + BURST }, (_x, index) => index);

/** A process that logs 100 lines, waits until its stream is warm, logs 5,000 more in one go, and then ends as `ending` says. */
const program = (ending: string) => `
  import { createLogger, initLogging } from '#libs/observability';
  const dir = process.argv[2] || undefined;
  const handle = initLogging({ service: 'loss', version: '1', environment: 'test', levels: 'info', dir });
  const logger = createLogger('Loss');
  for (let i = 0; i < ${WARM}; i++) logger.info('line ' + i, { labels: { number: i } });
  await handle.flush();
  for (let i = ${WARM}; i < ${WARM + BURST}; i++) logger.info('line ' + i, { labels: { number: i } });
  ${ending}
`;

describe('a process that ends', () => {
  let libs: CompiledLibs;
  let dir: string;
  beforeAll(() => {
    libs = compileLibs();
  });
  afterAll(() => libs.remove());
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'log-loss-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const numbersIn = (lines: LogLine[]) =>
    lines.filter((line) => line['log.logger'] === 'Loss').map((line) => line.labels?.['number'] as number);

  it.each([
    ['process.exit(0)', 'process.exit(0);', { code: 0, signal: null }],
    [
      'process.exit while a write is under way',
      'setImmediate(() => setImmediate(() => process.exit(0)));',
      { code: 0, signal: null },
    ],
    ['an error nobody caught', 'throw new Error("nobody caught this");', { code: 1, signal: null }],
    [
      'an error in a callback',
      'setTimeout(() => { throw new Error("nobody caught this"); }, 1);',
      { code: 1, signal: null },
    ],
    ['a rejection nobody handled', 'void Promise.reject(new Error("nobody caught this"));', { code: 1, signal: null }],
    ['an exit code and nothing left to do', 'process.exitCode = 3;', { code: 3, signal: null }],
    [
      'a signal to itself',
      'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);',
      { code: null, signal: 'SIGTERM' },
    ],
    ['a closed handle', 'await handle.close(); process.reallyExit(0);', { code: 0, signal: null }],
  ])('should have written every line, in order, after %s', async (_what, ending, expected) => {
    const child = runChild(libs.dir, program(ending), [dir]);
    expect(await child.result).toMatchObject(expected);
    const lines = readLogDir(dir);
    expect(numbersIn(lines)).toEqual(ALL);
    expect(lines.filter((line) => line.event['action'] === 'crash').map((line) => line.error?.['message'])).toEqual(
      ending.includes('nobody caught') ? ['nobody caught this'] : [],
    );
  });

  it('should have written every line after SIGTERM from outside, with and without a handler of its own', async () => {
    for (const handler of [
      '',
      'process.on("SIGTERM", () => { logger.info("bye"); setTimeout(() => process.exit(0), 20); });',
    ]) {
      const own = join(dir, handler === '' ? 'without' : 'with');
      const child = runChild(
        libs.dir,
        program(`${handler} process.stderr.write("ready"); setInterval(() => {}, 1000);`),
        [own],
      );
      await child.said('ready');
      child.process.kill('SIGTERM');
      const result = await child.result;
      expect(result).toMatchObject(handler === '' ? { signal: 'SIGTERM' } : { code: 0, signal: null });
      const lines = readLogDir(own);
      expect(
        lines.filter((line) => line.labels?.['number'] !== undefined).map((line) => line.labels?.['number']),
      ).toEqual(ALL);
      expect(lines.at(-1)?.['message']).toBe(handler === '' ? `line ${WARM + BURST - 1}` : 'bye');
    }
  });

  it('should have written what is logged while the process exits', async () => {
    const ending =
      'process.on("exit", () => { for (let i = 0; i < 3; i++) logger.info("bye " + i); }); process.exit(0);';
    await runChild(libs.dir, program(ending), [dir]).result;
    const lines = readLogDir(dir).map((line) => line.message);
    expect(lines.slice(-4)).toEqual([`line ${WARM + BURST - 1}`, 'bye 0', 'bye 1', 'bye 2']);
  });

  it('should have written every line into a pipe', async () => {
    const child = runChild(libs.dir, program('process.exit(0);'));
    const { stdout, stderr, code } = await child.result;
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(numbersIn(parseLines(stdout))).toEqual(ALL);
  });

  it('should begin the file with a line that Filebeat can tell it by', async () => {
    await runChild(libs.dir, program('process.exit(0);'), [dir]).result;
    const [first] = readLogDir(dir);
    expect(JSON.stringify(first).length).toBeGreaterThan(1_100);
    expect(first).toMatchObject({ event: { action: 'log-file-opened' }, labels: { levels: 'info' } });
  });

  it('should go on in the same file after a restart, also after kill -9', async () => {
    const waiting = program('await handle.flush(); process.stderr.write("ready"); setInterval(() => {}, 1000);');
    const child = runChild(libs.dir, waiting, [dir]);
    await child.said('ready');
    child.process.kill('SIGKILL');
    await child.result;
    await runChild(libs.dir, program('process.exit(0);'), [dir]).result;
    expect(numbersIn(readLogDir(dir))).toEqual([...ALL, ...ALL]);
  });

  it('should give processes of the same name a file each', async () => {
    const waiting = program('await handle.flush(); process.stderr.write("ready"); setInterval(() => {}, 1000);');
    const children = [runChild(libs.dir, waiting, [dir]), runChild(libs.dir, waiting, [dir])];
    await Promise.all(children.map((child) => child.said('ready')));
    const numbers = numbersIn(readLogDir(dir));
    for (const child of children) child.process.kill('SIGTERM');
    await Promise.all(children.map((child) => child.result));
    expect(numbers.sort((a, b) => a - b)).toEqual(ALL.flatMap((number) => [number, number]));
  });

  it('should not be stopped or slowed by a folder that cannot be written to', async () => {
    const ending = `
      const { renderMetrics } = await import('#libs/observability');
      const { body } = await renderMetrics();
      console.log(body.split('\\n').filter((line) => line.startsWith('log_write_errors_total')).join());
      process.exit(0);`;
    const started = Date.now();
    const result = await runChild(libs.dir, program(ending), ['/dev/null/logs']).result;
    expect(result).toMatchObject({ code: 0 });
    expect(result.stdout).toMatch(/log_write_errors_total\{error_code="ENOTDIR"\} [1-9]/);
    expect(result.stderr).toContain('ENOTDIR');
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  it('should live on, and leave no torn line, when the disk takes no more', async () => {
    const ending =
      'setInterval(() => {}, 1000); process.on("SIGUSR2", () => process.stdout.write("alive", () => process.exit(0)));';
    const child = runChild(libs.dir, program(ending), [dir], { maxFileKilobytes: 200 });
    await child.said('EFBIG');
    child.process.kill('SIGUSR2');
    expect(await child.result).toMatchObject({ code: 0, stdout: 'alive', stderr: expect.stringContaining('EFBIG') });
    const numbers = numbersIn(readLogDir(dir));
    expect(numbers.length).toBeGreaterThanOrEqual(WARM);
    expect(numbers).toEqual(ALL.slice(0, numbers.length));
  });

  it('should leave no torn line in a file that becomes too old while it takes no more', async () => {
    const count = 1_000;
    const logs = `
      import { createLogger, initLogging } from '#libs/observability';
      const rotation = { maxFileAgeMs: 300 };
      initLogging({ service: 'loss', version: '1', environment: 'test', levels: 'info', dir: process.argv[2], rotation });
      const logger = createLogger('Loss');
      for (let i = 0; i < ${count}; i++) logger.info('line ' + i, { labels: { number: i } });
      setInterval(() => {}, 1000);`;
    const child = runChild(libs.dir, logs, [dir], { maxFileKilobytes: 200 });
    try {
      await child.said('EFBIG');
      await eventually(() => expect(numbersIn(readLogDir(dir)).sort((a, b) => a - b)).toEqual(ALL.slice(0, count)), {
        timeoutMs: 20_000,
      });
    } finally {
      child.process.kill('SIGKILL');
      await child.result;
    }
  });
});
