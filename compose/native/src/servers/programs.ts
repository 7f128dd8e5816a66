import type * as Finder from '../../programs.mjs';
import { loadPlain } from '../plain.js';
import { repoRoot } from '../repo.js';

type ProgramGroup = Finder.ProgramGroup;

const finder = await loadPlain<typeof Finder>('programs.mjs');

/** The programs of one server, or an error that says which Debian packages hold them. */
export function programsOf<G extends ProgramGroup>(group: G): Finder.Programs[G] {
  const found = finder.locatePrograms(repoRoot).found[group];
  if (!found) throw new MissingProgramError(group, finder.PACKAGES[group]);
  return found;
}

export class MissingProgramError extends Error {
  constructor(
    readonly group: ProgramGroup,
    readonly packages: string[],
  ) {
    super(
      `${group} is not installed. Fix: run "npm run doctor" and then "npm run up", which unpacks it without root, ` +
        `or install it: apt-get install --no-install-recommends ${packages.join(' ')}`,
    );
    this.name = 'MissingProgramError';
  }
}
