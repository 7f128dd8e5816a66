// Stands in for the decoder where a real one cannot be made to misbehave on demand. The seed of the task says how.
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

const MISDEEDS = {
  /** Takes memory as fast as it can. */
  grow: () => {
    const taken = [];
    const take = () => {
      taken.push(Buffer.alloc(4 * 2 ** 20, 1));
      setImmediate(take);
    };
    take();
  },
  /** Never comes back. */
  spin: () => {
    for (;;);
  },
  /** Waits for what never comes. */
  hang: () => setInterval(() => undefined, 1_000),
  exit: () => {
    process.stderr.write('free(): invalid pointer\n');
    process.exit(3);
  },
  segfault: () => process.kill(process.pid, 'SIGSEGV'),
  /** Dies the first time only. */
  'die once': ({ output }) => {
    const mark = `${output}.died`;
    if (existsSync(mark)) return done({});
    writeFileSync(mark, '');
    process.kill(process.pid, 'SIGKILL');
  },
  /** Leaves half of everything. */
  'leave remains': ({ output }) => {
    for (const suffix of ['', '.in', '.enc', '.part']) writeFileSync(output + suffix, 'half');
    process.kill(process.pid, 'SIGKILL');
  },
  environment: () => done({ environment: process.env }),
  'full disk': () => process.send({ kind: 'failed', message: 'ENOSPC: no space left on device' }),
};

const done = (report) => process.send({ kind: 'done', report });

process.on('disconnect', () => process.exit());
process.on('message', ({ task }) => {
  appendFileSync(`${task.output}.runs`, `${basename(task.input)}\n`);
  MISDEEDS[task.seed](task);
});
process.send({ kind: 'ready' });
