import { SERVICES } from '../services.js';
import { X_SIMULATOR } from '../stack/ports.js';
import { paths } from '../stack/paths.js';
import { followSimulatedTag, loadSample } from '../commands/sample.js';
import { printComposeAddresses } from './addresses.js';
import { writeComposeRun } from './compose-run.js';
import { containersOf, isWell } from './containers.js';
import { newProject, type ComposeProject } from './project.js';
import { credentialProblems, recordVolumes } from './volumes.js';

const START_LIMIT_S = 300;
const TAIL_LINES = 20;

/**
 * `up` in containers: builds, starts and waits for the services; what watches them is started too, and waited for by nobody.
 *
 * @param workers containers of each service that scales
 */
export async function upCompose(workers: number): Promise<number> {
  const project = await newProject();
  const problems = await credentialProblems(project);
  if (problems.length > 0) return refuse(problems);
  project.secrets.save();
  if (project.withoutLogs) console.log(`without Elasticsearch, Kibana and Filebeat: ${project.withoutLogs}`);
  if (!(await build(project))) return 1;
  writeComposeRun(project.run);
  const scale = SERVICES.filter(({ scales }) => scales).flatMap(({ name }) => ['--scale', `${name}=${workers}`]);
  const isSimulated = project.run.profiles.includes('simulator');
  const services = [...SERVICES.map(({ name }) => name), ...(isSimulated ? [X_SIMULATOR] : [])];
  console.log(`starting ${services.join(', ')}, the database and the broker`);
  const waiting = ['--wait', '--wait-timeout', String(START_LIMIT_S)];
  const started = await project.compose(['up', '-d', '--no-build', ...waiting, ...scale, ...services]);
  if (started.code !== 0) {
    console.error(lastLines(started.stderr));
    await showUnwell(project);
    return 1;
  }
  await recordVolumes(project);
  console.log('starting what watches them');
  const watching = await project.compose(['up', '-d', '--no-build', ...scale]);
  if (watching.code !== 0) {
    console.error(`not everything that watches runs; the services do:\n${lastLines(watching.stderr)}`);
  }
  await recordVolumes(project);
  await loadSample(project.run.publicUrl);
  if (isSimulated) await followSimulatedTag(project.run.publicUrl);
  printComposeAddresses(project);
  return 0;
}

function refuse(problems: readonly string[]): number {
  console.error(`${problems.join('\n')}
Nothing was started. A volume keeps the password it was made with, and a server would refuse the new one.
Fix: put the old value back into ${paths.composeEnv}; or change it inside the running server first
     (compose/README.md says how); or delete the data: npm run down -- --purge --yes`);
  return 1;
}

/** Somebody else's image is fetched by compose; ours is built, which takes a second when nothing has changed. */
async function build({ compose, env }: ComposeProject): Promise<boolean> {
  if (env['MIRANTE_IMAGE']) return true;
  console.log('building the image (minutes the first time, seconds later)');
  const { code, stdout, stderr } = await compose(['build', '--quiet']);
  if (code !== 0) console.error(`the image could not be built:\n${lastLines(stdout + stderr)}`);
  return code === 0;
}

/** The end of the output of what has failed; of what is still starting, where nothing has. */
async function showUnwell(project: ComposeProject): Promise<void> {
  // One that was only created waits for another.
  const unwell = (await containersOf(project)).filter(
    (container) => !isWell(container) && container.state !== 'created',
  );
  const failed = unwell.filter(({ state, health }) => state !== 'running' || health === 'unhealthy');
  for (const { name, status } of failed.length > 0 ? failed : unwell) {
    const { stdout, stderr } = await project.docker(['logs', '--tail', String(TAIL_LINES), name]);
    console.error(`\n${name}: ${status}\n${lastLines(stdout + stderr)}`);
  }
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}
