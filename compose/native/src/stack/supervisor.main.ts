import { rmSync } from 'node:fs';
import { loadStackConfig } from './config.js';
import { serveControl } from './control.js';
import { paths } from './paths.js';
import { Supervisor } from './supervisor.js';

const supervisor = new Supervisor(await loadStackConfig(Number(process.argv[2] ?? 1)));
let stopping: Promise<void> | undefined;

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    stopping ??= supervisor.stop().finally(() => {
      rmSync(paths.control, { force: true });
      process.exit();
    });
  });
}
// The terminal it was started from may go away.
process.on('SIGHUP', () => {});

try {
  await supervisor.start();
  serveControl((name) => supervisor.restart(name));
} catch (error) {
  console.error(error);
  // A failed start has stopped everything already; when somebody asked to stop meanwhile, that decides the exit.
  if (!stopping) process.exit(1);
}
