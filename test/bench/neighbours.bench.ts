import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Task } from '#libs/contracts';
import { sleep } from '#libs/kernel';
import { startStack } from '../harness/stack.js';
import { heading, median, percentile, row } from './figures.js';
import { NeighbourTenant } from './neighbour-tenant.js';
import { NumberFiles } from './number-file.js';
import { drawPicture } from './picture.js';

const GIGABYTES = Number(process.env['MIRANTE_BENCH_NEIGHBOUR_GB'] ?? 5);
const IMAGES = Number(process.env['MIRANTE_BENCH_NEIGHBOUR_IMAGES'] ?? 1_000);
const SAMPLES = Number(process.env['MIRANTE_BENCH_NEIGHBOUR_SAMPLES'] ?? 60);
const SUMS = 10;
/** 1 million pixels. */
const SIDE = 1_000;
/** Turns of "both" and "the heavy one alone", so that a machine that gets slower or faster does so for both. */
const ROUNDS = 4;
const TOP_UP_MS = 500;
const WARM_UPS = 10;
const AIM_TIMES = 1.2;
const AIM_MORE_MS = 100;
const AIM_KEPT = 0.9;

type Image = Uint8Array<ArrayBuffer>;
type Timings = Task['timings'];

/** One image of the light tenant: what the service measured, and within it what the decoder did. */
interface Sample extends Timings {
  decoder: { decode_ms: number; shuffle_ms: number; encode_ms: number };
}

/** What the heavy tenant keeps asking for. */
interface Load {
  heavy: NeighbourTenant;
  text: string;
  image: string;
}

/** What a tenant with very much to do costs one with little, and the other way round. */
export async function benchNeighbours(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'mirante-neighbours-'));
  const stack = await startStack({ bufferPoolMiB: 256, env: { MIRANTE_LOG_LEVEL: 'warn' } });
  try {
    const [heavy, light] = [await NeighbourTenant.of(stack, 'heavy'), await NeighbourTenant.of(stack, 'light')];
    const picture = join(dir, 'picture.png');
    const { size } = await drawPicture(SIDE, SIDE).png().toFile(picture);
    const image = new Uint8Array(await drawPicture(SIDE, SIDE).png().toBuffer());
    const file = new NumberFiles(dir).make('numbers.txt', Math.ceil(GIGABYTES * 10));
    const load = { heavy, text: await heavy.upload(file.path, file.bytes), image: await heavy.upload(picture, size) };
    // Only the uploaded one is needed from here on.
    rmSync(file.path);
    const sum = await heavy.submit('/sum-even', { upload: load.text });
    await heavy.finished('/sum-even', sum);
    const { sum: found } = await heavy.result<{ sum: string }>('/sum-even', sum);
    if (found !== file.sum) throw new Error(`the sum is ${file.sum}, not ${found}`);
    await oneByOne(light, image, WARM_UPS);

    heading(
      `neighbours: a light tenant sends an image of 1 MP, waits for it, rests 1.5 to 3 s, ${SAMPLES} times; a heavy one has ` +
        `${SUMS} sums of ${GIGABYTES} GB and ${IMAGES} such images open all the time; ${availableParallelism() + 1} slots and one that is kept`,
    );
    const alone = await oneByOne(light, image, SAMPLES);
    const { beside, figures } = await takeTurns(load, light, image);
    const fifo = await inOrderOfArrival(load, image);
    tell(alone, beside, fifo);
    tellThroughput(figures);
    await stack.services['image-tasks'].stop();
  } finally {
    await stack.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function oneByOne(tenant: NeighbourTenant, image: Image, count: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let n = 0; n < count; n++) {
    const token = await tenant.submit('/randomize', image);
    samples.push(sampleOf(await tenant.finished('/randomize', token)));
    await rest(n);
  }
  return samples;
}

function sampleOf({ timings, result }: Task): Sample {
  return { ...timings, decoder: result as Sample['decoder'] };
}

/**
 * Spread evenly over 1.5 to 3 s, so that the samples do not keep step with anything, and what the light tenant uses itself, some
 * 0.2 s of a core for each image, is well below the tenth that the heavy one may lose.
 */
function rest(n: number): Promise<void> {
  return sleep(1_500 + 1_500 * ((n * 0.618_034) % 1));
}

interface Window {
  seconds: number;
  bytes: number;
  images: number;
}

/** Lead times of the light tenant beside the heavy one, and what the heavy one gets done with and without it. */
async function takeTurns(load: Load, light: NeighbourTenant, image: Image) {
  const beside: Sample[] = [];
  const figures: { alone: Window[]; together: Window[] } = { alone: [], together: [] };
  await underLoad(load, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const count = Math.ceil((SAMPLES - beside.length) / (ROUNDS - round));
      const together = await watch(load.heavy, async () => {
        beside.push(...(await oneByOne(light, image, count)));
      });
      figures.together.push(together);
      figures.alone.push(await watch(load.heavy, () => sleep(together.seconds * 1_000)));
    }
  });
  return { beside, figures };
}

async function watch(heavy: NeighbourTenant, work: () => Promise<void>): Promise<Window> {
  const [before, startedAt] = [await heavy.served(), performance.now()];
  await work();
  const [after, endedAt] = [await heavy.served(), performance.now()];
  const seconds = (endedAt - startedAt) / 1_000;
  return { seconds, bytes: after.bytes - before.bytes, images: after.images - before.images };
}

/** The same images at the same pace in the lane of the heavy tenant, where the order is that of arrival. */
async function inOrderOfArrival(load: Load, image: Image): Promise<Sample[]> {
  const tokens: string[] = [];
  await underLoad(load, async () => {
    for (let n = 0; n < SAMPLES; n++) {
      tokens.push(await load.heavy.submit('/randomize', image));
      await rest(n);
    }
  });
  const samples: Sample[] = [];
  for (const token of tokens) samples.push(sampleOf(await load.heavy.finished('/randomize', token)));
  return samples;
}

/** Does the work while the heavy tenant has all its tasks open. */
async function underLoad(load: Load, work: () => Promise<void>): Promise<void> {
  await topUp(load);
  const stop = new AbortController();
  const filled = (async () => {
    while (!stop.signal.aborted) {
      await sleep(TOP_UP_MS, stop.signal);
      await topUp(load);
    }
  })();
  try {
    await Promise.race([work(), filled]);
  } finally {
    stop.abort();
    await filled;
  }
}

async function topUp({ heavy, text, image }: Load): Promise<void> {
  for (let open = await heavy.open('sum-even'); open < SUMS; open++) await heavy.submit('/sum-even', { upload: text });
  for (let open = await heavy.open('randomize'); open < IMAGES; open++) {
    await heavy.submit('/randomize', { upload: image });
  }
}

function tell(alone: readonly Sample[], beside: readonly Sample[], fifo: readonly Sample[]): void {
  const lead = (timings: readonly Sample[], p: number) =>
    percentile(
      timings.map(({ lead_ms }) => lead_ms!),
      p,
    );
  const [p50, p95] = [lead(alone, 50), lead(alone, 95)];
  const line = (name: string, timings: readonly Sample[]) =>
    row(
      name,
      lead(timings, 50),
      lead(timings, 95),
      lead(timings, 50) / p50,
      lead(timings, 95) / p95,
      percentile(
        timings.map(({ queue_ms }) => queue_ms!),
        95,
      ),
      percentile(
        timings.map(({ exec_ms }) => exec_ms!),
        95,
      ),
    );
  row('lead time of the light tenant', 'p50 ms', 'p95 ms', 'p50 x alone', 'p95 x alone', 'queue p95', 'exec p95');
  line('alone', alone);
  line('beside the heavy one', beside);
  line('FIFO: same images under the key of the heavy', fifo);
  const aim = AIM_TIMES * p95 + AIM_MORE_MS;
  row('of which, medians', 'decode ms', 'shuffle ms', 'encode ms', 'other execution', 'queue', 'before and after');
  for (const [name, samples] of [
    ['alone', alone],
    ['beside the heavy one', beside],
  ] as const) {
    row(name, ...partsOf(samples));
  }
  row(`aim: ${AIM_TIMES} x alone + ${AIM_MORE_MS} ms`, '', aim, lead(beside, 95) <= aim ? 'held' : 'MISSED');
}

/** Medians of what a lead time is made of. */
function partsOf(samples: readonly Sample[]): number[] {
  const parts = samples.map(({ decoder, queue_ms, exec_ms, lead_ms }) => {
    const { decode_ms, shuffle_ms, encode_ms } = decoder;
    const other = exec_ms - decode_ms - shuffle_ms - encode_ms;
    return [decode_ms, shuffle_ms, encode_ms, other, queue_ms!, lead_ms! - queue_ms! - exec_ms];
  });
  return parts[0]!.map((_, index) => median(parts.map((part) => part[index]!)));
}

function tellThroughput({ alone, together }: Record<'alone' | 'together', readonly Window[]>): void {
  const rate = (windows: readonly Window[], key: 'bytes' | 'images') => total(windows, key) / total(windows, 'seconds');
  const kept = (key: 'bytes' | 'images') => rate(together, key) / rate(alone, key);
  row('', 'GB/s summed', 'images/s', 'seconds');
  for (const [name, windows] of [
    ['heavy tenant alone', alone],
    ['beside the light one', together],
  ] as const) {
    row(name, rate(windows, 'bytes') / 1e9, rate(windows, 'images'), total(windows, 'seconds'));
  }
  row('kept', kept('bytes'), kept('images'));
  // Each is half of what the heavy tenant is due, and which of them gives way is up to the scheduler.
  const mean = (kept('bytes') + kept('images')) / 2;
  row('kept in the mean', mean, `aim ${AIM_KEPT}`, mean >= AIM_KEPT ? 'held' : 'MISSED');
}

function total(windows: readonly Window[], key: keyof Window): number {
  return windows.reduce((sum, window) => sum + window[key], 0);
}
