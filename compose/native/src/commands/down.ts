import { existsSync, rmSync } from 'node:fs';
import { downCompose } from '../compose-mode/down.js';
import { newProject, startedProject, type ComposeProject } from '../compose-mode/project.js';
import { endLeftovers, untilGone } from '../stack/leftovers.js';
import { paths } from '../stack/paths.js';
import { forgetRun, liveRun, livingProcesses, readRun } from '../stack/run-file.js';

/** A broker with many queues takes its time. */
const PATIENCE_MS = 90_000;

export interface DownOptions {
  readonly purge: boolean;
  readonly yes: boolean;
}

/** `down`: stops everything and keeps the data; `--purge --yes` deletes it. Returns the exit code. */
export async function down({ purge, yes }: DownOptions): Promise<number> {
  if (purge && !yes) {
    console.error(
      `--purge deletes databases, messages, files, logs and secrets in ${paths.state}. ` +
        'Nothing was stopped or deleted.\nTo do it: npm run down -- --purge --yes',
    );
    return 2;
  }
  const containers = (await startedProject()) ?? (purge ? await stoppedProject() : undefined);
  if (containers) {
    const code = await downCompose(containers, purge);
    if (code !== 0 || !purge) return code;
  }
  const stopped = await stopAll();
  if (!stopped) return 1;
  if (purge) deleteData();
  return 0;
}

/** Containers that were stopped before have left their volumes. */
async function stoppedProject(): Promise<ComposeProject | undefined> {
  return existsSync(paths.composeEnv) ? newProject() : undefined;
}

async function stopAll(): Promise<boolean> {
  const run = liveRun();
  if (!run) {
    const ended = await endLeftovers();
    console.log(ended > 0 ? `stopped ${ended} processes whose supervisor was gone` : 'nothing runs');
    return true;
  }
  const start = Date.now();
  console.log('stopping (the broker takes about six seconds)');
  process.kill(run.supervisor.pid, 'SIGTERM');
  if (!(await untilGone([run.supervisor], PATIENCE_MS))) {
    console.error(
      `the supervisor (process ${run.supervisor.pid}) still stops after ${PATIENCE_MS / 1000} s; see npm run status`,
    );
    return false;
  }
  const last = readRun();
  // It has stopped its parts; this catches what was started in the very last moment.
  if (last && livingProcesses(last).length > 0) await endLeftovers();
  forgetRun();
  console.log(`stopped in ${((Date.now() - start) / 1000).toFixed(1)} s; the data is kept`);
  return true;
}

function deleteData(): void {
  for (const path of [
    paths.data,
    paths.logs,
    paths.secrets,
    paths.ports,
    paths.prometheusConfig,
    paths.alertmanagerConfig,
  ]) {
    if (!existsSync(path)) continue;
    rmSync(path, { recursive: true, force: true });
    console.log(`deleted ${path}`);
  }
}
