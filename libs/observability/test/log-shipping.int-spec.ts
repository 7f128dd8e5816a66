import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { type Child, runChild, runScript } from './child.js';
import { type CompiledLibs, compileLibs } from './compiled-libs.js';
import { compareShipped, type Shipped } from './filestream-reader/shipped.js';
import { LOG_WRITER_PROGRAM } from './log-writer.program.js';

/** `MIRANTE_TEST_LOG_LINES=1000000` for the full measure. */
const LINES = Number(process.env['MIRANTE_TEST_LOG_LINES'] ?? 60_000);
const READER_KILLS = Math.max(3, Math.round(LINES / 30_000));
const WRITER_KILLS = Math.max(5, Math.round(LINES / 50_000));
const READER = 'libs/observability/test/filestream-reader/reader-process.js';

interface Counters {
  logged: number;
  dropped: number;
  repeated: number;
}

describe(`${LINES} log lines at full speed, read as Filebeat reads`, { timeout: 60_000 + LINES }, () => {
  let libs: CompiledLibs;
  let home: string;
  let logs: string;
  beforeAll(() => {
    libs = compileLibs(['libs/observability/test/filestream-reader']);
  });
  afterAll(() => libs.remove());
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'log-shipping-'));
    logs = join(home, 'logs');
    mkdirSync(logs);
  });
  afterEach(async () => {
    // Whatever a test that failed has left running.
    for (const child of children.splice(0)) {
      child.process.kill('SIGKILL');
      await child.result;
    }
    rmSync(home, { recursive: true, force: true });
  });

  const children: Child[] = [];
  const watched = (child: Child): Child => {
    children.push(child);
    return child;
  };
  const startReader = async (): Promise<Child> => {
    const reader = watched(runScript(join(libs.dir, READER), [logs, home]));
    await reader.said('reading');
    return reader;
  };
  const startWriter = (name: string, lines: number, limits = {}): Child =>
    watched(runChild(libs.dir, LOG_WRITER_PROGRAM, [logs, home, name, String(lines)], limits));
  const countersOf = (name: string) => JSON.parse(readFileSync(join(home, `${name}.json`), 'utf8')) as Counters;

  async function terminate(writer: Child): Promise<void> {
    writer.process.kill('SIGTERM');
    expect(await writer.result).toMatchObject({ code: 0 });
  }

  /** Waits until the reader has delivered what the files hold, and stops it. */
  async function whenShipped(reader: Child): Promise<Shipped> {
    const everything = async () => expect(await compareShipped(logs, home)).toMatchObject({ missing: 0 });
    await eventually(everything, { timeoutMs: 10_000 + LINES / 50, everyMs: 250 + LINES / 200 });
    reader.process.kill('SIGTERM');
    expect(await reader.result).toMatchObject({ code: 0 });
    const shipped = await compareShipped(logs, home);
    report({ ...shipped, numbers: undefined });
    return shipped;
  }

  it('should lose none over rotations, SIGTERM under load and restarts, and deliver none twice', async () => {
    const reader = await startReader();
    for (const name of ['first', 'second', 'third']) {
      const writer = startWriter(name, Math.ceil(LINES / 3));
      await writer.said(name === 'third' ? 'done' : 'half');
      await terminate(writer);
    }
    const shipped = await whenShipped(reader);
    expect(shipped).toMatchObject({ torn: [], missing: 0, foreign: 0, doubled: 0 });
    expect(shipped.files).toBeGreaterThan(3);
    for (const name of ['first', 'second', 'third']) expectAllOrCounted(shipped, name);
    expect(countersOf('third').logged).toBe(Math.ceil(LINES / 3));
  });

  it(`should lose none when the reader is killed ${READER_KILLS} times under load`, async () => {
    let reader = await startReader();
    const writer = startWriter('steady', LINES);
    const done = writer.said('done').then(() => true);
    for (let kill = 0; kill < READER_KILLS; kill++) {
      await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 30 + Math.random() * 400))]);
      reader.process.kill('SIGKILL');
      await reader.result;
      reader = await startReader();
    }
    await done;
    await terminate(writer);
    const shipped = await whenShipped(reader);
    expect(shipped).toMatchObject({ torn: [], missing: 0, foreign: 0 });
    expectAllOrCounted(shipped, 'steady');
  });

  it(`should lose nothing that was flushed, leave no hole and tear no line, when the writer is killed ${WRITER_KILLS} times`, async () => {
    const reader = await startReader();
    const names = Array.from({ length: WRITER_KILLS }, (_none, index) => `life ${index}`);
    for (const name of names) {
      const writer = startWriter(name, LINES / names.length);
      await writer.said('half');
      writer.process.kill('SIGKILL');
      expect(await writer.result).toMatchObject({ signal: 'SIGKILL' });
    }
    const last = startWriter('last', 1_000);
    await last.said('done');
    await terminate(last);
    const shipped = await whenShipped(reader);
    expect(shipped).toMatchObject({ torn: [], missing: 0, foreign: 0, doubled: 0 });
    for (const name of names) {
      const numbers = shipped.numbers.get(name) ?? [];
      expect(numbers).toEqual(numbers.map((_number, index) => index));
      expect(numbers.length).toBeGreaterThanOrEqual(Number(readFileSync(join(home, `${name}.flushed`), 'utf8')));
    }
  });

  it('should write or count every line when the disk is full for a while', async () => {
    const reader = await startReader();
    // Above the size at which files are put aside, the limit would never be met.
    const writer = startWriter('full', LINES, { maxFileKilobytes: 1_000, soft: true });
    await writer.said('EFBIG');
    await writer.said('half');
    execFileSync('prlimit', ['--pid', String(writer.process.pid), '--fsize=unlimited:']);
    await writer.said('done');
    await terminate(writer);
    const shipped = await whenShipped(reader);
    expect(shipped).toMatchObject({ torn: [], missing: 0, foreign: 0, doubled: 0 });
    expect(countersOf('full').dropped).toBeGreaterThan(0);
    expectAllOrCounted(shipped, 'full');
  });

  /** Each line is there once and in its place, or was counted as dropped. */
  function expectAllOrCounted(shipped: Shipped, name: string): void {
    const numbers = shipped.numbers.get(name) ?? [];
    const { logged, dropped, repeated } = countersOf(name);
    expect(numbers.every((number, index) => index === 0 || number > numbers[index - 1]!)).toBe(true);
    expect({ name, written: numbers.length, dropped }).toEqual({ name, written: logged - dropped - repeated, dropped });
    report({ name, logged, dropped, repeated });
  }
});

/** The figures of a full measure. */
function report(figures: object): void {
  if (process.env['MIRANTE_TEST_LOG_LINES']) process.stdout.write(`${JSON.stringify(figures)}\n`);
}
