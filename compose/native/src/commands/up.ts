import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type * as Doctor from '../../doctor.mjs';
import { loadPlain } from '../plain.js';
import { processesOf, processName, SERVICES } from '../services.js';
import { tailOf } from '../servers/log-tail.js';
import { readComposeRun } from '../compose-mode/compose-run.js';
import { upCompose } from '../compose-mode/up.js';
import { publicAddress } from '../stack/config.js';
import { requestRestart } from '../stack/control.js';
import { endLeftovers } from '../stack/leftovers.js';
import { withLock } from '../stack/lock.js';
import { chooseMode } from '../stack/mode.js';
import { paths } from '../stack/paths.js';
import { isAlive, liveRun, processId, readRun, type RunRecord } from '../stack/run-file.js';
import { printAddresses, runsSimulator } from './addresses.js';
import { followSimulatedTag, loadSample } from './sample.js';

const POLL_MS = 100;
const SIGN_OF_LIFE_MS = 3_000;

/**
 * `up`: starts what does not run, and prints the addresses. Returns the exit code.
 *
 * @param workers processes of each service that scales
 */
export async function up(workers: number): Promise<number> {
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  const alreadyRan = liveRun() !== undefined;
  if (!alreadyRan && (await choosesContainers())) return upCompose(workers);
  if (!alreadyRan && !(await withLock(paths.lock, () => startSupervisor(workers)))) return 1;
  const run = await untilRunning();
  if (run.phase !== 'running') {
    reportFailure(run);
    return 1;
  }
  await repair(run);
  await loadSample(run.publicUrl);
  if (runsSimulator(run)) await followSimulatedTag(run.publicUrl);
  printAddresses(run);
  if (alreadyRan && workersIn(run) !== workers) {
    console.log(
      `It runs with ${workersIn(run)} of each worker. To change that: npm run down && npm run up -- --workers ${workers}\n`,
    );
  }
  if (alreadyRan && isOlderThanBuild(run)) {
    console.log('The code was built after this start. To run it: npm run down && npm run up\n');
  }
  return 0;
}

/** Says what was chosen and why. Two stacks of one state folder, in processes and in containers, would be a riddle. */
async function choosesContainers(): Promise<boolean> {
  const { mode, reason } = await chooseMode();
  console.log(`mode: ${mode} (${reason})`);
  if (mode === 'native' && readComposeRun()) {
    throw new Error('the stack was started in containers; to change that: npm run down, then npm run up');
  }
  return mode === 'compose';
}

function workersIn({ parts }: RunRecord): number {
  const [scaling] = SERVICES.filter((service) => service.scales);
  const names = processesOf([scaling!], 32).map(processName);
  return parts.filter(({ name }) => names.includes(name)).length;
}

function isOlderThanBuild({ startedAt }: RunRecord): boolean {
  const built = statSync(paths.build, { throwIfNoEntry: false });
  return built !== undefined && built.mtimeMs > Date.parse(startedAt);
}

async function startSupervisor(workers: number): Promise<boolean> {
  const ended = await endLeftovers();
  if (ended > 0) console.log(`ended ${ended} processes of an earlier run whose supervisor was killed`);
  publicAddress();
  if (!(await passesPreFlight())) return false;
  mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
  const output = openSync(paths.supervisorOutput, 'a', 0o600);
  const main = join(paths.repo, 'dist/compose/native/src/stack/supervisor.main.js');
  const child = spawn(process.execPath, ['--enable-source-maps', main, String(workers)], {
    cwd: paths.repo,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.unref();
  await untilRecorded(child.pid!);
  return true;
}

async function passesPreFlight(): Promise<boolean> {
  const { runChecks } = await loadPlain<typeof Doctor>('doctor.mjs');
  const failed = runChecks(paths.repo).filter((check) => check.state === 'fail');
  for (const { name, measured, needed, fix } of failed) {
    console.error(`${name}: ${measured}${needed ? ` (needs ${needed})` : ''}${fix ? `\n  fix: ${fix}` : ''}`);
  }
  return failed.length === 0;
}

/** The first record appears when the supervisor has read its configuration; before, only its output can tell. */
async function untilRecorded(pid: number): Promise<void> {
  const self = processId(pid);
  while (readRun()?.supervisor.pid !== pid) {
    if (!isAlive(self)) throw new Error(`the supervisor ended at once:\n${tailOf(paths.supervisorOutput, 20)}`);
    await pause();
  }
}

/** Prints news of the parts until everything runs or the start has failed. */
async function untilRunning(): Promise<RunRecord> {
  const told = new Map<string, string>();
  let lastNews = Date.now();
  for (;;) {
    const run = readRun();
    if (!run) throw new Error('somebody stopped the stack while it was starting');
    for (const part of run.parts) {
      if (told.get(part.name) === part.state || part.state === 'waiting') continue;
      if (told.size > 0 || run.phase === 'starting') console.log(`${part.name}: ${part.state}`);
      told.set(part.name, part.state);
      lastNews = Date.now();
    }
    if (run.phase === 'stopping') throw new Error('the stack is being stopped; run this again when it is down');
    if (run.phase === 'running' || !isAlive(run.supervisor)) return run;
    if (Date.now() - lastNews > SIGN_OF_LIFE_MS) {
      const waiting = run.parts.filter((part) => part.state === 'starting').map((part) => part.name);
      console.log(`still starting: ${waiting.join(', ')}`);
      lastNews = Date.now();
    }
    await pause();
  }
}

/** A second `up` starts parts again that have given up. */
async function repair(run: RunRecord): Promise<void> {
  for (const { name, state } of run.parts) {
    if (state !== 'failed') continue;
    console.log(`${name} had given up; starting it again`);
    await requestRestart(name);
  }
}

function reportFailure(run: RunRecord): void {
  console.error(`\nThe start failed, and what had started was stopped again:\n${run.error ?? ''}`);
  if (!run.error) console.error(tailOf(paths.supervisorOutput, 20));
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
