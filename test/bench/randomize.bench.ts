import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repoRoot } from '../../compose/native/src/repo.js';
import { ImageWorkers, type ImageReport, type ShufflePlan } from '../../services/image-tasks/src/images/index.js';
import { heading, median, row } from './figures.js';
import { drawPicture } from './picture.js';

const WIDTH = 4_048;
const HEIGHT = 3_036;
const ROUNDS = 5;
const PLANS: readonly ShufflePlan[] = [{ mode: 'blocks', block: 60 }, { mode: 'pixels' }];
/** Python that has Pillow and numpy, if it is not the one of the path. */
const PYTHON = process.env['MIRANTE_BENCH_PYTHON'] ?? 'python3';

/** A picture of 12 million pixels shuffled, from file to file, beside Pillow and numpy. */
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
