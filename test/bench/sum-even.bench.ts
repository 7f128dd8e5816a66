import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { repoRoot } from '../../compose/native/src/repo.js';
import { CHUNK_AT, CHUNK_BYTES, compileKernel, createKernel } from '../../services/image-tasks/src/sum-even/kernel.js';
import { cutSlices, mergeSums } from '../../services/image-tasks/src/sum-even/slices.domain.js';
import { SumPool } from '../../services/image-tasks/src/sum-even/sum-pool.js';
import { startStack, type Stack } from '../harness/stack.js';
import { heading, median, row } from './figures.js';
import { NumberFiles, type NumberFile } from './number-file.js';
import { peakRssMiB } from './process-figures.js';
import { TaskClient, type SumFigures } from './task-client.js';

const GIGABYTES = (process.env['MIRANTE_BENCH_SUM_GB'] ?? '1,5').split(',').map(Number);
const ROUNDS = 3;
/** How often 256 KiB are added up to find the speed of the kernel alone: 1 GiB. */
const PASSES = 4_096;
const MEMORY_LIMIT_MIB = 200;

/** Measures one round; gives seconds. */
type Contestant = (file: NumberFile) => number | Promise<number>;

/** The sum of the even numbers: the kernel, threads over a stored file and the whole way, beside other programs. */
export async function benchSumEven(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'mirante-sums-'));
  const pool = new SumPool(availableParallelism());
  try {
    const program = compile(dir);
    const files = new NumberFiles(dir);
    const small = files.make('small.txt', 1);
    heading('sum-even: GB/s, medians of 3 rounds in turn, file in the page cache');
    await race([...kernels(program), ['awk (not exact)', awk]], small);
    for (const gigabytes of GIGABYTES) {
      const file = files.make(`${gigabytes}-gb.txt`, Math.ceil(gigabytes * 10));
      row(`${gigabytes} GB`, 'GB/s');
      await race([['wc -l', wc], ...programs(program), [`stored file, ${availableParallelism()} threads`, threads(pool)]], file); // prettier-ignore
    }
    await pool.close();
    await wholeWay(files);
  } finally {
    await pool.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Path of the C program; undefined, and said, where nothing compiles it. */
function compile(dir: string): string | undefined {
  const source = join(repoRoot, 'test/bench/sum-even.c');
  const program = join(dir, 'sum-even');
  for (const compiler of ['cc', 'gcc', 'clang']) {
    const options = ['-O3', '-march=native', '-o', program, source, '-lpthread'];
    if (spawnSync(compiler, options, { stdio: 'ignore' }).status === 0) return program;
  }
  process.stdout.write('no C compiler here: without the figures of C\n');
  return undefined;
}

async function race(contestants: [string, Contestant][], file: NumberFile): Promise<void> {
  const seconds = new Map<string, number[]>(contestants.map(([name]) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of contestants) seconds.get(name)!.push(await run(file));
  }
  for (const [name, all] of seconds) row(name, file.bytes / 1e9 / median(all));
}

/** The same 256 KiB again and again: what is left when nothing is read. The seconds are those of as much as the file has. */
function kernels(program: string | undefined): [string, Contestant][] {
  const share = (file: NumberFile, seconds: number) => (seconds * file.bytes) / (PASSES * CHUNK_BYTES);
  const kernel = createKernel(compileKernel());
  const ours: Contestant = (file) => {
    const lines = spawnSync('head', ['-c', String(CHUNK_BYTES), file.path]).stdout;
    kernel.bytes.set(lines, CHUNK_AT);
    const end = CHUNK_AT + lines.lastIndexOf(10) + 1;
    const startedAt = performance.now();
    for (let pass = 0; pass < PASSES; pass++) kernel.run(CHUNK_AT, end);
    return share(file, (performance.now() - startedAt) / 1_000);
  };
  const theirs: Contestant = (file) => {
    const { stdout } = spawnSync(program!, ['cached', String(PASSES), file.path], { encoding: 'utf8' });
    return share(file, Number(stdout.split(' ')[2]));
  };
  return [['kernel, 1 thread, from cache', ours], ...(program ? [['the same in C with AVX2', theirs] as [string, Contestant]] : [])]; // prettier-ignore
}

function programs(program: string | undefined): [string, Contestant][] {
  if (!program) return [];
  const c =
    (mode: string, count: number): Contestant =>
    (file) => {
      const { seconds, stdout } = timed(program, [mode, String(count), file.path]);
      if (!stdout.startsWith(`${file.sum} ${file.count} `)) throw new Error(`${mode} says ${stdout}, not ${file.sum}`);
      return seconds;
    };
  return [
    ['C -O3, digit by digit', c('simple', 1)],
    ['C -O3, digit by digit, 2 threads', c('simple', 2)],
    ['C -O3, masks of the kernel, AVX2', c('masks', 1)],
    ['C -O3, masks of the kernel, AVX2, 2 threads', c('masks', 2)],
  ];
}

const wc: Contestant = (file) => timed('wc', ['-l', file.path]).seconds;
const awk: Contestant = (file) =>
  timed('awk', ['$1 % 2 == 0 { sum += $1 } END { printf "%d\\n", sum }', file.path]).seconds;

function timed(command: string, parameters: string[]): { seconds: number; stdout: string } {
  const startedAt = performance.now();
  const { stdout, error } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (error) throw error;
  return { seconds: (performance.now() - startedAt) / 1_000, stdout };
}

/** Slices as the service cuts them, in the threads it has. */
function threads(pool: SumPool): Contestant {
  return async ({ path, bytes, sum }) => {
    const startedAt = performance.now();
    const parts = await Promise.all(cutSlices(bytes).map((slice) => pool.sum({ path, slice })));
    const total = parts.reduce(mergeSums);
    if (total.sum !== sum) throw new Error(`the threads say ${total.sum}, not ${sum}`);
    return (performance.now() - startedAt) / 1_000;
  };
}

/** Upload and sum through gateway, broker and database, as a client sees it. */
async function wholeWay(files: NumberFiles): Promise<void> {
  heading('sum-even: from the upload to the result, real gateway, MariaDB and RabbitMQ on the same cores');
  const stack = await startStack({ bufferPoolMiB: 256, env: { MIRANTE_LOG_LEVEL: 'warn' } });
  try {
    const client = await TaskClient.of(stack);
    // Code is compiled and pools are filled.
    await client.sum(files.make('warm-up.txt', 1));
    row('', 'upload MB/s', 'stored, s', 'stored, GB/s', 'in all, s', 'in all, GB/s');
    for (const gigabytes of GIGABYTES) {
      const file = files.make(`${gigabytes}-gb.txt`, Math.ceil(gigabytes * 10));
      const rounds: SumFigures[] = [];
      for (let round = 0; round < ROUNDS; round++) rounds.push(await client.sum(file));
      const [upload, stored, all] = (['uploadSeconds', 'storedSeconds', 'seconds'] as const).map((key) =>
        median(rounds.map((figures) => figures[key])),
      ) as [number, number, number];
      const gb = file.bytes / 1e9;
      row(`${gigabytes} GB`, (gb * 1_000) / upload, stored, gb / stored, all, gb / all);
    }
    memory(stack);
  } finally {
    await stack.close();
  }
}

function memory({ services }: Stack): void {
  for (const [name, { pid }] of Object.entries(services)) {
    const peak = peakRssMiB(pid);
    row(`${name}, MiB at most${peak > MEMORY_LIMIT_MIB ? `, MORE THAN ${MEMORY_LIMIT_MIB}` : ''}`, peak);
  }
}
