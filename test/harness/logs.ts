import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A log line as Filebeat would read it. */
export interface EcsLine {
  '@timestamp': string;
  message: string;
  'log.level': string;
  'service.name': string;
  'trace.id'?: string;
  'span.id'?: string;
  'parent.id'?: string;
  [field: string]: unknown;
}

/** Every line of every file in the folder. Throws on one that is not a JSON object. */
export function readLogs(dir: string): EcsLine[] {
  return readdirSync(dir)
    .filter((name) => name.includes('.ndjson'))
    .flatMap((name) =>
      readFileSync(join(dir, name), 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => flatten(JSON.parse(line) as Record<string, unknown>)),
    ) as EcsLine[];
}

/** Dotted names, whichever of the two ways ECS allows the writer has chosen. */
function flatten(value: Record<string, unknown>, prefix = ''): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    if (typeof child === 'object' && child !== null && !Array.isArray(child)) {
      Object.assign(flat, flatten(child as Record<string, unknown>, `${prefix}${key}.`));
    } else flat[prefix + key] = child;
  }
  return flat;
}
