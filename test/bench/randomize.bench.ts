import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repoRoot } from '../../compose/native/src/repo.js';
import { ImageWorkers, type ImageReport, type ShufflePlan } from '../../services/image-tasks/src/images/index.js';
import { startStack } from '../harness/stack.js';
import { heading, median, row } from './figures.js';
import { NeighbourTenant } from './neighbour-tenant.js';
import { drawPicture } from './picture.js';

const WIDTH = 4_048;
const HEIGHT = 3_036;
const ROUNDS = 5;
/** Here the client's own clock counts. */
const POLL_MS = 20;
const PLANS: readonly ShufflePlan[] = [{ mode: 'blocks', block: 60 }, { mode: 'pixels' }];
/** Python that has Pillow and numpy, if it is not the one of the path. */
const PYTHON = process.env['MIRANTE_BENCH_PYTHON'] ?? 'python3';

/** A picture of 12 million pixels shuffled, from file to file and through the whole product, beside Pillow and numpy. */
export async function benchRandomize(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'mirante-randomize-'));
  const workers = new ImageWorkers({ processes: 1 });
  try {
    const inputs = await draw(dir);
    const hasPython = spawnSync(PYTHON, ['-c', 'import numpy, PIL']).status === 0;
    if (!hasPython)
      process.stdout.write(`no Pillow and numpy in ${PYTHON}: set MIRANTE_BENCH_PYTHON for their figures\n`);
    heading(`randomize: ${WIDTH} x ${HEIGHT} pixels from file to file, medians of ${ROUNDS} rounds in turn`);
    row('', 'ms', 'decode', 'shuffle', 'encode', 'MB written', 'MiB at most');
    for (const input of inputs) {
      for (const plan of PLANS) await race(workers, { input, output: join(dir, 'output'), plan }, hasPython);
    }
    await workers.close();
    await wholeWay(inputs, join(dir, 'output'), hasPython);
  } finally {
    await workers.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function draw(dir: string): Promise<string[]> {
  const picture = drawPicture(WIDTH, HEIGHT);
  const [png, jpeg] = [join(dir, 'picture.png'), join(dir, 'picture.jpeg')];
  await picture.clone().png().toFile(png);
  await picture.clone().jpeg({ quality: 90 }).toFile(jpeg);
  return [png, jpeg];
}

interface Work {
  input: string;
  output: string;
  plan: ShufflePlan;
}

async function race(workers: ImageWorkers, work: Work, hasPython: boolean): Promise<void> {
  const ours: Array<ImageReport & { ms: number }> = [];
  const back: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await timed(() => workers.run({ ...work, operation: 'shuffle', seed: String(round) })));
    const restore = { ...work, operation: 'restore', input: work.output, output: `${work.output}.back` } as const;
    back.push((await timed(() => workers.run({ ...restore, seed: String(round) }))).ms);
    if (hasPython) theirs.push(python(work));
  }
  const name = `${work.input.split('.').at(-1)}, ${work.plan.mode}`;
  const of = (key: 'ms' | 'decodeMs' | 'shuffleMs' | 'encodeMs') => median(ours.map((report) => report[key]));
  const peak = Math.max(...ours.map(({ peakRssBytes }) => peakRssBytes ?? Number.NaN)) / 2 ** 20;
  row(name, of('ms'), of('decodeMs'), of('shuffleMs'), of('encodeMs'), ours[0]!.outputBytes / 1e6, peak);
  row(`${name}, restored`, median(back));
  if (hasPython) {
    row(`${name}, Pillow and numpy`, median(theirs), '', '', '', statSync(`${work.output}.python`).size / 1e6);
    row(`${name}, times as fast`, median(theirs) / of('ms'));
  }
}

/** From the first byte a client sends until it has the last one of the result; Pillow works from file to file beside it. */
async function wholeWay(inputs: readonly string[], output: string, hasPython: boolean): Promise<void> {
  heading('randomize: from the upload to the downloaded result, real gateway, MariaDB and RabbitMQ on the same cores');
  const stack = await startStack({ bufferPoolMiB: 256, env: { MIRANTE_LOG_LEVEL: 'warn' } });
  try {
    const client = await NeighbourTenant.of(stack, 'bench');
    row('', 'ms', 'lead time', 'Pillow, numpy', 'times as fast');
    for (const input of inputs) {
      const image = new Uint8Array(readFileSync(input));
      for (const plan of PLANS) {
        const ours: { ms: number; lead: number }[] = [];
        const theirs: number[] = [];
        // The first one starts a decoder and fills pools.
        for (let round = 0; round <= ROUNDS; round++) {
          const sample = await timed(() => shuffled(client, image, plan));
          if (round > 0) ours.push(sample);
          if (hasPython && round > 0) theirs.push(python({ input, output, plan }));
        }
        const [ms, lead] = [median(ours.map((one) => one.ms)), median(ours.map((one) => one.lead))];
        const beside = hasPython ? [median(theirs), median(theirs) / ms] : [];
        row(`${input.split('.').at(-1)}, ${plan.mode}`, ms, lead, ...beside);
      }
    }
  } finally {
    await stack.close();
  }
}

async function shuffled(client: NeighbourTenant, image: Uint8Array<ArrayBuffer>, { mode }: ShufflePlan) {
  const token = await client.submit(`/randomize?mode=${mode}`, image);
  const { timings } = await client.finished('/randomize', token, POLL_MS);
  const bytes = await client.bytesOf('/randomize', token);
  if (bytes === 0) throw new Error('the result is empty');
  return { lead: timings.lead_ms! };
}

async function timed<T>(work: () => Promise<T>): Promise<T & { ms: number }> {
  const startedAt = performance.now();
  const result = await work();
  return { ...result, ms: performance.now() - startedAt };
}

function python({ plan, input, output }: Work): number {
  const script = join(repoRoot, 'test/bench/randomize.py');
  const { status, stdout, stderr } = spawnSync(PYTHON, [script, plan.mode, input, `${output}.python`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Pillow fails: ${stderr}`);
  return Number(stdout) * 1_000;
}
