import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SERVICES } from '../services.js';
import { requestRestart } from '../stack/control.js';
import { readComposeRun } from '../compose-mode/compose-run.js';
import { paths } from '../stack/paths.js';
import { liveRun } from '../stack/run-file.js';
import { logs } from './logs.js';
import { up } from './up.js';

/** `dev <service>`: compiles on change, restarts the service after each clean compilation, and shows its log. */
export async function dev(service: string | undefined): Promise<number> {
  if (!SERVICES.some(({ name }) => name === service)) {
    console.error(`usage: npm run dev -- <service>; there are: ${SERVICES.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  if (readComposeRun()) {
    console.error('the stack runs in containers, whose code does not change; npm run down first');
    return 1;
  }
  // What is compiled here is run by processes of this machine.
  process.env['MIRANTE_MODE'] = 'native';
  if (liveRun()?.phase !== 'running') {
    const code = await up(1);
    if (code !== 0) return code;
  }
  void logs({ service, follow: true, json: false, lines: 0 });
  return watch(service!);
}

function watch(service: string): Promise<never> {
  const tsc = join(paths.repo, 'node_modules/typescript/bin/tsc');
  const child = spawn(process.execPath, [tsc, '-p', 'services/tsconfig.json', '--watch', '--preserveWatchOutput'], {
    cwd: paths.repo,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const restarts = new Restarts(service);
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.trim() !== '') console.log(`tsc: ${line.trim()}`);
    if (/Found 0 errors/.test(line)) void restarts.afterCompilation();
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise(() => {
    // Following the log has no end of its own.
    child.once('exit', (code, signal) => process.exit(signal ? 0 : (code ?? 1)));
  });
}

/** One restart at a time; a compilation during a restart asks for one more after it. */
class Restarts {
  private seen: number;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly service: string) {
    this.seen = this.newestOutput();
  }

  afterCompilation(): Promise<void> {
    this.running = this.running.then(async () => {
      const newest = this.newestOutput();
      if (newest <= this.seen) return;
      this.seen = newest;
      const start = Date.now();
      try {
        await requestRestart(this.service);
        console.log(`dev: ${this.service} runs the new code after ${Date.now() - start} ms`);
      } catch (error) {
        console.error(`dev: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
    return this.running;
  }

  /** Only its own files and the libraries concern it. */
  private newestOutput(): number {
    const folders = [join(paths.repo, 'dist/services', this.service), join(paths.repo, 'dist/libs')];
    const files = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.js'))
        .map((name) => join(folder, name)),
    );
    return Math.max(0, ...files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
  }
}
