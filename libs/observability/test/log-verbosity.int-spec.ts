import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { readLogDir, runChild } from './child.js';
import { type CompiledLibs, compileLibs } from './compiled-libs.js';

/** Repeats a line 5,000 times, then says one thing at debug level now and then. */
const PROGRAM = `
  import { createLogger, initLogging, renderMetrics } from '#libs/observability';
  const handle = initLogging({ service: 'verbosity', version: '1', environment: 'test', levels: 'info', dir: process.argv[2] });
  const logger = createLogger('Verbosity');
  for (let i = 0; i < 5_000; i++) logger.info('again and again', { labels: { number: i } });
  for (let i = 0; i < 2_000; i++) logger.warn('a warning', { labels: { number: i } });
  await handle.flush();
  setInterval(() => { logger.debug('in detail'); void handle.flush(); }, 20);
  process.on('SIGTERM', async () => {
    const { body } = await renderMetrics();
    process.stdout.write(/log_lines_dropped_total\\{reason="repeated"\\} (\\d+)/.exec(body)?.[1] ?? 'none', () => process.exit(0));
  });
  process.stderr.write('ready');
`;

describe('how much is logged', () => {
  let libs: CompiledLibs;
  let dir: string;
  beforeAll(() => {
    libs = compileLibs();
    dir = mkdtempSync(join(tmpdir(), 'log-verbosity-'));
  });
  afterAll(() => {
    libs.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  it('should be thinned out where a line repeats itself, and change by signal', async () => {
    const child = runChild(libs.dir, PROGRAM, [dir]);
    await child.said('ready');
    const count = (message: string) => readLogDir(dir).filter((line) => line.message === message).length;
    const changes = () => readLogDir(dir).filter(({ event }) => event['action'] === 'log-levels-changed');
    expect([count('again and again'), count('a warning'), count('in detail')]).toEqual([1_000, 2_000, 0]);

    child.process.kill('SIGUSR2');
    await eventually(() => expect(count('in detail')).toBeGreaterThan(2));
    child.process.kill('SIGUSR2');
    await eventually(() => expect(changes().map(({ message }) => message)).toEqual([
      'log levels are now debug',
      'log levels are now info',
    ])); // prettier-ignore

    child.process.kill('SIGTERM');
    expect(await child.result).toMatchObject({ code: 0, stdout: '4000' });
    const [summary] = readLogDir(dir).filter(({ event }) => event['action'] === 'log-lines-suppressed');
    expect(summary).toMatchObject({
      message: 'suppressed 4000 lines like: again and again',
      labels: { suppressed_count: 4_000 },
    });
    const actions = readLogDir(dir).map(({ event, message }) => event['action'] ?? message);
    expect(actions.lastIndexOf('in detail')).toBeLessThan(actions.lastIndexOf('log-levels-changed'));
  });
});
