import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repoRoot } from './repo.js';

/**
 * Loads one of the plain JavaScript files beside `src/`. They also run before anything is built, so they are not part of
 * `dist/`, and a relative import could not reach them from both places.
 */
export async function loadPlain<T>(file: string): Promise<T> {
  return (await import(pathToFileURL(join(repoRoot, 'compose/native', file)).href)) as T;
}
