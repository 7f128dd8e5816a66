import { existsSync, rmSync } from 'node:fs';
import { paths } from '../stack/paths.js';
import { forgetComposeRun } from './compose-run.js';
import type { ComposeProject } from './project.js';

/** Stops and removes the containers; the volumes stay unless `purge`. */
export async function downCompose(project: ComposeProject, purge: boolean): Promise<number> {
  const start = Date.now();
  console.log('stopping the containers');
  // Also those of a profile that was chosen for an earlier start.
  const all = ['logs', 'simulator'].flatMap((profile) => ['--profile', profile]);
  const { code, stderr } = await project.compose([...all, 'down', '--remove-orphans', ...(purge ? ['--volumes'] : [])]);
  if (code !== 0) {
    console.error(stderr.trim());
    return 1;
  }
  forgetComposeRun();
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  if (!purge) {
    console.log(`stopped in ${seconds} s; the data is kept in the volumes of ${project.run.project}`);
    return 0;
  }
  console.log(`stopped in ${seconds} s; the volumes of ${project.run.project} are deleted`);
  for (const file of [paths.composeEnv, paths.composeVolumes].filter((path) => existsSync(path))) {
    rmSync(file);
    console.log(`deleted ${file}`);
  }
  return 0;
}
