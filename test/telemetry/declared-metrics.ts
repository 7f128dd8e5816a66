import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A metric as the catalogue and the source both tell of it. */
export interface MetricSignal {
  name: string;
  type: string;
  labels: string[];
  help: string;
  owner: string;
}

const DECLARATION = /\b(?:new Prom)?([cC]ounter|[gG]auge|[hH]istogram)\(\{\s*\n([\s\S]*?)\n\s*\}\)/g;

/** Every metric declared in the source of the libs and services, found by reading it. */
export function declaredMetrics(): MetricSignal[] {
  return ['libs', 'services'].flatMap((group) =>
    readdirSync(join(ROOT, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap((entry) => metricsOf(`${group}/${entry.name}`)),
  );
}

function metricsOf(owner: string): MetricSignal[] {
  const source = join(ROOT, owner, 'src');
  return filesIn(source).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(DECLARATION)].flatMap(([, type, body]) => {
      const name = /\bname: '([^']+)'/.exec(body!)?.[1];
      if (name === undefined) return [];
      const labels = /labelNames: \[([^\]]*)\]/.exec(body!)?.[1] ?? '';
      return [
        {
          name,
          type: type!.toLowerCase(),
          labels: [...labels.matchAll(/'([^']+)'/g)].map(([, label]) => label!),
          help: helpIn(body!),
          owner,
        },
      ];
    }),
  );
}

/** The help text, also when it is put together from several literals. */
function helpIn(body: string): string {
  const [, text = ''] = /\bhelp:\s*((?:(?:'[^']*'|"[^"]*"|`[^`]*`)\s*\+?\s*)+)/.exec(body) ?? [];
  return [...text.matchAll(/'([^']*)'|"([^"]*)"|`([^`]*)`/g)].map(([, a, b, c]) => a ?? b ?? c ?? '').join('');
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('spec.ts'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
