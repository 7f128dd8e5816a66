import { parseKeyOptions, type NewKeyOptions } from './key-options.domain.js';
import { KeysUsageError } from './keys.errors.js';

export type KeysCommand =
  | { readonly name: 'create'; readonly options: NewKeyOptions }
  | { readonly name: 'list'; readonly tenant: string | undefined; readonly ended: boolean; readonly json: boolean }
  | { readonly name: 'revoke'; readonly id: string }
  | { readonly name: 'help' };

export const KEYS_USAGE = `usage:
  npm run keys -- create --tenant <tenant> --scopes <scope,...> [--name <client>] [--expires <90d|2027-01-31>]
                         [--requests-per-minute <number>]
  npm run keys -- list [--tenant <tenant>] [--ended] [--json]
  npm run keys -- revoke <id>`;

interface Words {
  readonly options: ReadonlyMap<string, string>;
  readonly plain: readonly string[];
}

const FLAGS = new Set(['ended', 'json', 'help']);

/** @throws KeysUsageError with what is allowed */
export function parseKeysCommand([name = 'help', ...args]: readonly string[], now: Date): KeysCommand {
  const words = wordsOf(args);
  if (words.options.has('help')) return { name: 'help' };
  switch (name) {
    case 'create':
      only(words, ['tenant', 'name', 'scopes', 'expires', 'requests-per-minute'], 0);
      return { name, options: parseKeyOptions(words.options, now) };
    case 'list':
      only(words, ['tenant', 'ended', 'json'], 0);
      return {
        name,
        tenant: words.options.get('tenant'),
        ended: words.options.has('ended'),
        json: words.options.has('json'),
      };
    case 'revoke': {
      only(words, [], 1);
      const [id] = words.plain;
      if (id === undefined) throw new KeysUsageError('revoke needs the id of a key; "list" shows them');
      return { name, id: idOf(id) };
    }
    case 'help':
    case '--help':
      return { name: 'help' };
    default:
      throw new KeysUsageError(`unknown command "${name}"; there are create, list and revoke`);
  }
}

/** A whole key is taken too, but never repeated: its middle part is the id. */
function idOf(word: string): string {
  const id = /^mir_([A-Za-z0-9]+)_/.exec(word)?.[1] ?? word;
  if (!/^[A-Za-z0-9]{8,32}$/.test(id)) throw new KeysUsageError('that is not the id of a key; "list" shows them');
  return id;
}

function wordsOf(args: readonly string[]): Words {
  const options = new Map<string, string>();
  const plain: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (!word.startsWith('--')) {
      plain.push(word);
      continue;
    }
    const [name = '', ...rest] = word.slice(2).split('=');
    if (options.has(name)) throw new KeysUsageError(`--${name} is given twice`);
    if (rest.length > 0) options.set(name, rest.join('='));
    else if (FLAGS.has(name)) options.set(name, '');
    else if (args[i + 1] === undefined || args[i + 1]!.startsWith('--'))
      throw new KeysUsageError(`--${name} needs a value`);
    else options.set(name, args[++i]!);
  }
  return { options, plain };
}

function only({ options, plain }: Words, known: readonly string[], mostPlain: number): void {
  for (const name of options.keys()) {
    if (known.includes(name)) continue;
    const allowed = known.length > 0 ? known.map((other) => `--${other}`).join(', ') : 'none';
    throw new KeysUsageError(`unknown option --${name}; allowed: ${allowed}`);
  }
  if (plain.length > mostPlain) throw new KeysUsageError(`unexpected "${plain[mostPlain]!.slice(0, 20)}"`);
}
