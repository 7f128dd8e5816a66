import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, ImageWorkers, type ImageTask, type ShufflePlan } from '../src/images/index.js';
import { ACCEPTED, chunk, chunksOf, greyPng, picture } from './decoder-pictures.js';
import { decoderProgram } from './decoder.js';

const BLOCKS: ShufflePlan = { mode: 'blocks', block: 20 };

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'decoder-'));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

async function taskFor(input: Buffer | string, changes: Partial<ImageTask> = {}): Promise<ImageTask> {
  const path = join(dir, 'input');
  await writeFile(path, input);
  return { operation: 'shuffle', input: path, output: join(dir, 'output'), plan: BLOCKS, seed: 'any', ...changes };
}

/** Pixels as they are stored. */
async function pixelsOf(file: Buffer): Promise<Buffer> {
  const { depth, space } = await sharp(file).metadata();
  const raw = depth === 'ushort' ? 'ushort' : 'uchar';
  const load = () => sharp(file, { ignoreIcc: true }).toColourspace(space);
  const pixels = await load().raw({ depth: raw }).toBuffer();
  const alpha = await load().ensureAlpha().extractChannel('alpha').raw({ depth: raw }).toBuffer();
  return Buffer.concat([pixels, alpha]);
}

describe('a decoder', () => {
  let sut: ImageWorkers;

  beforeAll(() => {
    sut = new ImageWorkers({ processes: 1, program: decoderProgram });
  });

  afterAll(() => sut.close());

  const refusal = async (input: Buffer | string, changes?: Partial<ImageTask>): Promise<unknown> => {
    const error = await sut.run(await taskFor(input, changes)).catch((reason: unknown) => reason);
    expect(await readdir(dir)).toEqual(['input']);
    return error;
  };

  describe.each(Object.entries(ACCEPTED))('given %s', (_, make) => {
    it.each<ShufflePlan>([BLOCKS, { mode: 'pixels' }])('should give it back bit for bit after %o', async (plan) => {
      const original = await make();
      const task = await taskFor(original, { plan });
      const back = join(dir, 'back');

      const report = await sut.run(task);
      await sut.run({ ...task, operation: 'restore', input: task.output, output: back });

      const shuffled = await pixelsOf(await readFile(task.output));
      expect(report).toMatchObject({ operation: 'shuffle', plan, seed: 'any', contentType: 'image/png' });
      expect(shuffled.equals(await pixelsOf(original))).toBe(report.image.width < (plan.mode === 'blocks' ? 20 : 2));
      expect((await pixelsOf(await readFile(back))).equals(await pixelsOf(original))).toBe(true);
      expect((await readdir(dir)).sort()).toEqual(['back', 'input', 'output']);
    });
  });

  it('should keep how the picture is turned and what its colours mean, and nothing else it was told', async () => {
    const original = await picture(3)
      .withExif({ IFD0: { Artist: 'Somebody' }, IFD3: { GPSLatitude: '51/1 30/1 0/1', GPSLatitudeRef: 'N' } })
      .withMetadata({ orientation: 6, icc: 'p3' })
      .jpeg()
      .toBuffer();
    const task = await taskFor(original);

    const report = await sut.run(task);

    const made = await readFile(task.output);
    const { orientation, exif, icc, width } = await sharp(made).metadata();
    expect(report.orientation).toBe(6);
    expect([...new Set(chunksOf(made))]).toEqual(['IHDR', 'iCCP', 'eXIf', 'pHYs', 'IDAT', 'IEND']);
    expect({ orientation, width, exifBytes: exif?.length }).toEqual({ orientation: 6, width: 131, exifBytes: 26 });
    expect(icc?.equals((await sharp(original).metadata()).icc!)).toBe(true);
    expect(made.includes('Somebody')).toBe(false);
  });

  it('should turn CMYK into RGB and give that back', async () => {
    const task = await taskFor(await picture(3).toColourspace('cmyk').jpeg().toBuffer());
    const back = join(dir, 'back');

    const { image } = await sut.run(task);
    await sut.run({ ...task, operation: 'restore', input: task.output, output: back });

    expect(image).toMatchObject({ cmyk: true, channels: 3, depth: 8 });
    expect((await sharp(back).metadata()).space).toBe('srgb');
  });

  it.each([
    { isUrgent: false, niceness: 19 },
    { isUrgent: true, niceness: 0 },
  ])('should run at niceness $niceness when isUrgent is $isUrgent', async ({ isUrgent, niceness }) => {
    const task = await taskFor(await picture(3).png().toBuffer());
    await sut.run(task, { isUrgent });
    await sut.run(task, { isUrgent });

    expect(sut.pids.map((pid) => getPriority(pid) - getPriority())).toEqual([niceness]);
  });

  it('should not inflate compressed text', async () => {
    const bomb = chunk('zTXt', Buffer.concat([Buffer.from('k\0\0'), deflateSync(Buffer.alloc(7_900_000, 32))]));
    const task = await taskFor(greyPng(1, 1, 8, Buffer.alloc(2), ...Array<Buffer>(60).fill(bomb)));

    const { peakRssBytes } = await sut.run(task);

    // Not Linux: then nobody tells.
    expect(peakRssBytes ?? 0).toBeLessThan(200e6);
    expect(chunksOf(await readFile(task.output))).toEqual(['IHDR', 'pHYs', 'IDAT', 'IEND']);
  });

  it.each([
    ['256 million pixels in 250 kB', () => greyPng(16_000, 16_000, 8, Buffer.alloc(1_000))],
    ['a header that promises 4 billion', () => greyPng(65_000, 65_000, 8, Buffer.alloc(10))],
    ['200 million pixels of one bit', () => greyPng(200_000, 1_000, 1, Buffer.alloc(25_001_000))],
  ])('should refuse %s before it decodes them', async (_, make) => {
    expect(await refusal(make())).toMatchObject({
      code: 'IMAGES.TOO_MANY_PIXELS',
      message: expect.stringContaining('at most 50,000,000 are allowed') as unknown,
    });
  });

  const broken: Array<[string, () => Promise<Buffer> | Buffer]> = [
    ['a PNG cut off', async () => (await ACCEPTED['png, colour']!()).subarray(0, -500)],
    ['a PNG with a bit turned', async () => {
      const png = await ACCEPTED['png, colour']!();
      png[png.length >> 1]! ^= 1;
      return png;
    }],
    ['a PNG with fewer pixels than it says', () => greyPng(4_000, 3_000, 8, Buffer.alloc(10))],
    ['a JPEG cut off', async () => (await ACCEPTED['jpeg']!()).subarray(0, -2_000)],
    ['a WebP cut off', async () => (await ACCEPTED['webp']!()).subarray(0, -500)],
    ['an AVIF cut off', async () => (await ACCEPTED['avif']!()).subarray(0, -500)],
    ['nothing behind the first bytes', () => Buffer.from('\xff\xd8\xff\xe0', 'latin1')],
  ]; // prettier-ignore
  it.each(broken)('should refuse %s as corrupt', async (_, make) => {
    const error = await refusal(await make());

    expect(error).toMatchObject({ code: 'IMAGES.CORRUPT' });
    // Whoever sent the image has no use for paths of this machine.
    expect((error as Error).message).not.toContain(dir);
  });

  it.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['an empty file', ''],
  ])('should refuse %s as unsupported', async (_, content) => {
    expect(await refusal(content)).toMatchObject({ code: 'IMAGES.UNSUPPORTED_TYPE' });
  });

  it('should refuse what moves', async () => {
    const raw = { width: 16, height: 48, channels: 3, pageHeight: 16 } as const;
    const film = sharp(Buffer.from(Array.from({ length: 16 * 48 * 3 }, (_, i) => i % 251)), { raw });

    expect(await refusal(await film.webp({ loop: 0 }).toBuffer())).toMatchObject({ code: 'IMAGES.ANIMATED' });
  });

  it('should restore nothing but PNG', async () => {
    expect(await refusal(await ACCEPTED['jpeg']!(), { operation: 'restore' })).toMatchObject({
      code: 'IMAGES.NOT_RESTORABLE',
    });
  });

  it('should refuse more bytes than are allowed', async () => {
    const strict = new ImageWorkers({
      processes: 1,
      program: decoderProgram,
      limits: { ...DEFAULT_LIMITS, bytes: 99 },
    });
    const run = strict.run(await taskFor(await ACCEPTED['png, colour']!()));

    await expect(run).rejects.toMatchObject({ code: 'IMAGES.TOO_MANY_BYTES' });
    await strict.close();
  });

  it('should tell how far it is', async () => {
    const seen: number[] = [];
    await sut.run(await taskFor(await ACCEPTED['png, colour']!()), { onProgress: (fraction) => seen.push(fraction) });

    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBeLessThanOrEqual(1);
  });

  it('should be kept for the next image, with the memory of this one freed', async () => {
    const task = await taskFor(await picture(3, 4_000, 3_000).png({ compressionLevel: 1 }).toBuffer());
    await sut.run(task);
    const { pids } = sut;
    await sut.run(task);

    expect(pids).toHaveLength(1);
    expect(sut.pids).toEqual(pids);
  });

  it('should go with the process it works for, whatever it is at', async () => {
    const child = fork(decoderProgram.entry, { execArgv: [] });
    await once(child, 'message');
    const task = await taskFor(await picture(3, 2_000, 2_000).png().toBuffer());
    // It may be gone before it has read this.
    child.send({ task, limits: DEFAULT_LIMITS }, () => undefined);
    child.disconnect();

    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  });
});
