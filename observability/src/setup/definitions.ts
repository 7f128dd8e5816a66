import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Definition {
  readonly name: string;
  readonly body: Record<string, unknown>;
}

/** The files of `observability/<folder>`, by name; each is the body of a request. */
export function readDefinitions(root: string, folder: string): readonly Definition[] {
  const dir = join(root, 'observability', folder);
  return readdirSync(dir)
    .filter((file) => file.endsWith('.json') && !file.endsWith('.cases.json'))
    .toSorted()
    .map((file) => ({
      name: file.slice(0, -'.json'.length),
      body: JSON.parse(readFileSync(join(dir, file), 'utf8')) as Definition['body'],
    }));
}
