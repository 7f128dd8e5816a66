import { describe, expect, it } from 'vitest';
import { renderMetrics } from '../metrics/render-metrics.js';
import { type LineSink, LogWriter } from './log-writer.js';

const KB = 'x'.repeat(1_023);

class FakeSink implements LineSink {
  lines: string[] = [];
  failure: Error | undefined;
  /** Lets the test hold a write. */
  gate: Promise<void> = Promise.resolve();
  calls = 0;

  async write(chunk: Buffer): Promise<void> {
    this.calls++;
    await this.gate;
    this.writeSync(chunk);
  }

  writeSync(chunk: Buffer): void {
    if (this.failure) throw this.failure;
    this.lines.push(...chunk.toString().split('\n').slice(0, -1));
  }

  close(): void {}
}

function create(maxBufferBytes: number) {
  const sink = new FakeSink();
  const troubles: unknown[] = [];
  const sut = new LogWriter(sink, {
    maxBufferBytes,
    dropSummary: (dropped) => `dropped ${JSON.stringify(dropped)}`,
    onTrouble: (error) => troubles.push(error),
  });
  return { sink, sut, troubles };
}

async function metric(name: string): Promise<number> {
  const { body } = await renderMetrics();
  const line = body.split('\n').find((text) => text.startsWith(`${name} `) || text.startsWith(`${name}{`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

describe('LogWriter', () => {
  it('should write many lines in few batches, in order', async () => {
    const { sink, sut } = create(1024 * 1024);
    const lines = Array.from({ length: 2_000 }, (_x, index) => `line ${index}`);
    for (const line of lines) sut.push(line, 'info');
    await sut.flush();
    expect(sink.lines).toEqual(lines);
    expect(sink.calls).toBe(1);
  });

  it('should write by itself', async () => {
    const { sink, sut } = create(1024 * 1024);
    sut.push('quiet', 'info');
    await expect.poll(() => sink.lines).toEqual(['quiet']);
    sut.push('again', 'error');
    await expect.poll(() => sink.lines).toEqual(['quiet', 'again']);
  });

  it('should give up debug first, then info, then warnings, and errors last, and tell so once', async () => {
    const { sink, sut } = create(100 * 1024);
    const before = await metric('log_lines_dropped_total');
    sink.failure = new Error('disk full');
    for (const level of ['debug', 'info', 'warn', 'error'] as const) for (let i = 0; i < 100; i++) sut.push(KB, level);
    sink.failure = undefined;
    sut.flushSync();
    sut.push('later', 'info');
    sut.flushSync();
    expect(sink.lines).toHaveLength(100 + 2);
    expect(sink.lines.slice(-2).sort()).toEqual(
      ['dropped {"debug":40,"info":80,"warn":85,"error":95}', 'later'].sort(),
    );
    expect((await metric('log_lines_dropped_total')) - before).toBe(300);
  });

  it('should keep lines while the sink fails, and write them once it works', async () => {
    const { sink, sut, troubles } = create(1024 * 1024);
    sink.failure = Object.assign(new Error('disk full'), { code: 'ENOSPC' });
    sut.push('one', 'info');
    await sut.flush();
    sut.push('two', 'error');
    await sut.flush();
    sut.flushSync();
    expect(sink.lines).toEqual([]);
    expect(troubles).toHaveLength(1);
    expect(await metric('log_buffer_bytes')).toBe(8);
    sink.failure = undefined;
    await expect.poll(() => sink.lines, { timeout: 5_000 }).toEqual(['one', 'two']);
    expect(await metric('log_buffer_bytes')).toBe(0);
    sut.push('three', 'info');
    await expect.poll(() => sink.lines).toEqual(['one', 'two', 'three']);
  });

  it('should write again by itself after a last flush that failed', async () => {
    const { sink, sut } = create(1024 * 1024);
    sink.failure = new Error('disk full');
    sut.push('one', 'info');
    sut.flushSync();
    sink.failure = undefined;
    await expect.poll(() => sink.lines, { timeout: 5_000 }).toEqual(['one']);
  });
});
