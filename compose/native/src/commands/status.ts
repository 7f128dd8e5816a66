import { readFileSync } from 'node:fs';
import { startedProject } from '../compose-mode/project.js';
import { statusCompose } from '../compose-mode/status.js';
import { isAlive, readRun, type PartRecord, type RunRecord } from '../stack/run-file.js';
import { addresses } from './addresses.js';
import { table } from './table.js';

/** Exit codes as systemctl(1) has them. */
const NOT_RUNNING = 3;

/** `status`: what runs. Exit code 0 when everything is ready, 1 when something is not, 3 when nothing runs. */
export async function status({ json }: { json: boolean }): Promise<number> {
  const containers = await startedProject();
  if (containers) return statusCompose(containers, json);
  const run = readRun();
  const alive = run !== undefined && isAlive(run.supervisor);
  if (json) {
    console.log(JSON.stringify(run ? { ...run, supervisorAlive: alive } : { phase: 'down', parts: [] }, undefined, 2));
  } else if (!run) {
    console.log('nothing runs; start it with: npm run up');
  } else {
    print(run, alive);
  }
  if (!run || (!alive && !run.parts.some(isUp))) return NOT_RUNNING;
  return alive && run.phase === 'running' && run.parts.every((part) => part.state === 'ready' && isUp(part)) ? 0 : 1;
}

function print(run: RunRecord, alive: boolean): void {
  console.log(
    alive ? `stack: ${run.phase}` : 'the supervisor is gone; "npm run up" ends what is left and starts afresh',
  );
  const rows = run.parts.map((part) => {
    const pid = part.processes.at(-1)?.pid;
    const up = isUp(part);
    return [
      part.name,
      alive || up ? part.state : 'gone',
      up ? String(pid) : '-',
      String(part.port),
      up ? `${memoryMiB(pid!)} MiB` : '-',
      String(part.restarts),
      part.since.slice(0, 19).replace('T', ' '),
      firstLine(part.problem),
    ];
  });
  console.log(table(['part', 'state', 'pid', 'port', 'memory', 'restarts', 'since (UTC)', 'problem'], rows));
  if (run.error) console.log(`\n${run.error}`);
  if (alive && run.phase === 'running') {
    console.log(
      `\n${table(
        ['what', 'where'],
        addresses(run).map(([what, where]) => [what, where]),
      )}`,
    );
  }
}

function isUp(part: PartRecord): boolean {
  const main = part.processes.at(-1);
  return main !== undefined && isAlive(main);
}

function memoryMiB(pid: number): number {
  try {
    const kibibytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kibibytes ?? 0) / 1024);
  } catch {
    return 0;
  }
}

function firstLine(text: string | undefined): string {
  return text?.split('\n')[0] ?? '';
}
