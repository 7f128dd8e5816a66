import { table } from '../commands/table.js';
import { composeAddresses } from './addresses.js';
import { containersOf, isWell } from './containers.js';
import type { ComposeProject } from './project.js';

/** As systemctl(1) has it. */
const NOT_RUNNING = 3;

/** What runs in containers. Exit code 0 when everything is well, 1 when something is not, 3 when nothing runs. */
export async function statusCompose(project: ComposeProject, json: boolean): Promise<number> {
  const containers = await containersOf(project);
  const isUp = containers.some(({ state }) => state === 'running');
  if (json) {
    console.log(JSON.stringify({ mode: 'compose', ...project.run, containers }, undefined, 2));
  } else if (!isUp) {
    console.log('no container runs; start them with: npm run up');
  } else {
    const rows = containers.map((container) => [
      container.service,
      container.name,
      container.state === 'exited' && container.exitCode === 0 ? 'done' : container.health || container.state,
      container.status,
    ]);
    console.log(`stack: containers of ${project.run.project}`);
    console.log(table(['part', 'container', 'state', 'status'], rows));
    console.log(`\n${table(['what', 'where'], composeAddresses(project))}`);
  }
  if (!isUp) return NOT_RUNNING;
  return containers.every(isWell) ? 0 : 1;
}
