import type * as Mode from '../../mode.mjs';
import { loadPlain } from '../plain.js';
import { paths } from './paths.js';

/** How the stack is run: as containers where Docker can really do it, as processes of our own elsewhere. */
export async function chooseMode(): Promise<Mode.ModeChoice> {
  const mode = await loadPlain<typeof Mode>('mode.mjs');
  return mode.chooseMode(paths.repo);
}
