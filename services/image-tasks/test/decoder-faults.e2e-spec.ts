import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { DEFAULT_LIMITS, ImageWorkers, type ImageReport, type ImageTask } from '../src/images/index.js';
import type { RunOptions } from '../src/images/decoder-process.js';

const FAKE = { entry: new URL('decoder-fake.mjs', import.meta.url) };

describe('a decoder that misbehaves', () => {
  let dir: string;
  let sut: ImageWorkers;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'decoder-'));
  });

  afterEach(async () => {
    await sut.close();
    await rm(dir, { recursive: true, force: true });
  });

  const taskFor = async (content: string, changes: Partial<ImageTask> = {}): Promise<ImageTask> => {
    const input = join(dir, 'input');
    await writeFile(input, content);
    const plan = { mode: 'pixels' } as const;
    return { operation: 'shuffle', input, output: join(dir, 'output'), plan, seed: 'hang', ...changes };
  };

  const run = async (seed: string, limits = {}, options: Omit<RunOptions, 'limits'> = {}): Promise<ImageReport> => {
    sut = new ImageWorkers({ processes: 1, program: FAKE, limits: { ...DEFAULT_LIMITS, ...limits } });
    return sut.run(await taskFor('image', { seed }), options);
  };

  const runs = async (): Promise<number> => (await readFile(join(dir, 'output.runs'), 'utf8')).split('\n').length - 1;

  it('should be ended for its memory, without another attempt', async () => {
    await expect(run('grow', { memory: 150 * 2 ** 20 })).rejects.toMatchObject({
      code: 'IMAGES.TOO_MUCH_MEMORY',
      message: 'decoding the image took more than 150 MiB of memory',
    });
    expect(await runs()).toBe(1);
    expect(sut.pids).toEqual([]);
  });

  it('should be ended for its processor time, without another attempt', async () => {
    await expect(run('spin', { cpuMs: 1_000 })).rejects.toMatchObject({
      code: 'IMAGES.TOO_MUCH_TIME',
      message: 'the image took more than 1 s of processor time',
    });
    expect(await runs()).toBe(1);
  });

  it('should be ended when it stalls, which is not the fault of the image', async () => {
    await expect(run('hang', { wallMs: 500 })).rejects.toMatchObject({ code: 'IMAGES.STALLED', kind: 'timeout' });
    expect(sut.pids).toEqual([]);
  });

  it('should be ended when it never gets ready', async () => {
    const entry = pathToFileURL(join(dir, 'mute.mjs'));
    await writeFile(entry, 'setInterval(() => undefined, 1_000);');
    sut = new ImageWorkers({ processes: 1, program: { entry }, limits: { ...DEFAULT_LIMITS, wallMs: 500 } });

    await expect(sut.run(await taskFor('image'))).rejects.toMatchObject({ code: 'IMAGES.STALLED' });
  });

  it('should not be waited for when it does not start', async () => {
    sut = new ImageWorkers({ processes: 1, program: { entry: new URL('file:///nowhere/decoder.js') } });

    await expect(sut.run(await taskFor('image'))).rejects.toThrow(/^the decoder does not start: code 1 /);
  });

  it.each([
    ['exit', 'the image cannot be decoded: the decoder ended with code 3 free(): invalid pointer'],
    ['segfault', 'the image cannot be decoded: the decoder ended with SIGSEGV'],
  ])('should be tried twice when it crashes (%s), then the image is refused', async (seed, message) => {
    await expect(run(seed)).rejects.toMatchObject({ code: 'IMAGES.DECODER_DIED', message });
    expect(await runs()).toBe(2);
  });

  it('should not fail the image when it is killed once', async () => {
    await expect(run('die once')).resolves.toEqual({});
    expect(await runs()).toBe(2);
  });

  it('should leave nothing behind when it is killed', async () => {
    await expect(run('leave remains')).rejects.toMatchObject({ code: 'IMAGES.DECODER_DIED' });
    expect((await readdir(dir)).sort()).toEqual(['input', 'output.runs']);
  });

  it('should know nothing of the environment', async () => {
    process.env['MIRANTE_MYSQL_PASSWORD'] ??= 'secret';

    const { environment } = (await run('environment')) as unknown as { environment: Record<string, string> };

    expect(Object.keys(environment).filter((name) => !/^(VIPS|UV|MALLOC|NODE_CHANNEL)_/.test(name))).toEqual([]);
  });

  it('should hand on what is not the fault of the image as a plain error', async () => {
    const error = await run('full disk').catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(Error);
    expect(error).not.toHaveProperty('code');
    expect((error as Error).message).toBe('ENOSPC: no space left on device');
  });

  it('should be gone within a second when the work is cancelled', async () => {
    const cancel = new AbortController();
    const work = run('spin', {}, { signal: cancel.signal });
    await eventually(() => expect(existsSync(join(dir, 'output.runs'))).toBe(true));
    const [pid] = sut.pids;
    const cancelledAt = performance.now();
    cancel.abort();

    await expect(work).rejects.toMatchObject({ code: 'IMAGES.CANCELLED' });
    expect(performance.now() - cancelledAt).toBeLessThan(1_000);
    await eventually(() => expect(() => process.kill(pid!, 0)).toThrow('ESRCH'));
  });

  it('should let those who wait for it go when they cancel or the pool closes', async () => {
    const busy = run('hang').catch((reason: unknown) => reason);
    await eventually(() => expect(existsSync(join(dir, 'output.runs'))).toBe(true));
    const cancel = new AbortController();
    const [cancelled, waiting] = await Promise.all(
      [cancel.signal, undefined].map(async (signal) => {
        const task = await taskFor('image', { seed: 'hang', output: join(dir, 'never') });
        return { work: sut.run(task, { signal }).catch((reason: unknown) => reason) };
      }),
    );
    cancel.abort();

    expect(await cancelled!.work).toMatchObject({ code: 'IMAGES.CANCELLED' });

    await sut.close();

    expect(await busy).toMatchObject({ code: 'IMAGES.CANCELLED' });
    expect(await waiting!.work).toMatchObject({ code: 'IMAGES.CANCELLED' });
    expect(existsSync(join(dir, 'never.runs'))).toBe(false);
  });
});
