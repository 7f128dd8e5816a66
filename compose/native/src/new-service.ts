import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { repoRoot } from './repo.js';
import { EDITS } from './new-service/edits.js';
import { NewServiceError, serviceName, type ServiceName } from './new-service/service-name.js';
import { serviceFiles } from './new-service/templates.js';

const USAGE = 'usage: npm run new:service -- <name>, for example npm run new:service -- photo-albums';

/** Everything that will be written, by path from the root. */
interface Plan {
  readonly created: Map<string, string>;
  readonly changed: Map<string, string>;
}

/** `npm run new:service -- <name>`. Returns the exit code. */
export async function newServiceCommand(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || rest.length > 0) {
    console.error(USAGE);
    return 2;
  }
  try {
    const { created, changed } = await createService(name, repoRoot);
    console.log([...created].map((path) => `created  ${path}`).join('\n'));
    console.log([...changed].map((path) => `changed  ${path}`).join('\n'));
    console.log(`\nNext: npm run check, then npm run up. What to replace first is in docs/new-service.md.`);
    return 0;
  } catch (error) {
    if (!(error instanceof NewServiceError)) throw error;
    console.error(`${error.message}\nNothing was changed.`);
    return 1;
  }
}

/**
 * Adds a service to the repository at `root`: its folder, its contract, and its entries where services are listed. All of
 * it is worked out before the first file is written.
 *
 * @throws NewServiceError when the name cannot be used
 */
export async function createService(
  name: string,
  root: string,
  nowMs = Date.now(),
): Promise<{ created: string[]; changed: string[] }> {
  const plan = await planService(serviceName(name), root, nowMs);
  try {
    for (const [path, text] of [...plan.created, ...plan.changed]) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
  } catch (error) {
    // Edits come last, so what has to go is what is new.
    for (const path of plan.created.keys()) rmSync(join(root, path), { force: true });
    throw error;
  }
  return { created: [...plan.created.keys()], changed: [...plan.changed.keys()] };
}

async function planService(name: ServiceName, root: string, nowMs: number): Promise<Plan> {
  const files = serviceFiles(name, nowMs);
  const taken = [`services/${name.kebab}`, ...files.keys()].find((path) => existsSync(join(root, path)));
  if (taken) throw new NewServiceError(`${taken} exists already; choose another name`);

  const created = new Map<string, string>();
  for (const [path, text] of files) created.set(path, await formatted(path, text));
  const changed = new Map<string, string>();
  for (const [path, edit] of Object.entries(EDITS)) {
    changed.set(path, await formatted(path, edit(readFileSync(join(root, path), 'utf8'), name)));
  }
  return { created, changed };
}

/** Names have different lengths, so where a line breaks is left to the formatter. */
async function formatted(path: string, text: string): Promise<string> {
  if (path.endsWith('.md')) return text;
  return format(text, { ...(await resolveConfig(join(repoRoot, path))), filepath: path });
}
