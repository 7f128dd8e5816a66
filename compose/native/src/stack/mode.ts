import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface ModeChoice {
  readonly mode: 'native';
  /** For the one line that says why. */
  readonly reason: string;
}

/** How the stack is run. Compose is the other mode; it can be chosen once the clone holds a compose file. */
export function chooseMode(repo: string): ModeChoice {
  const file = join(repo, 'compose', 'compose.yaml');
  const reason = existsSync(file) ? 'real servers as private processes' : 'this clone has no compose/compose.yaml';
  return { mode: 'native', reason };
}
