import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../../native/src/repo.js';
import { referencedVariables } from './interpolate.js';

const at = (name: string) => join(repoRoot, 'compose', name);

export const BASE = at('compose.yaml');
export const OBSERVABILITY = at('compose.observability.yaml');
export const METRICS = at('compose.metrics-to-elasticsearch.yaml');
const OFFLINE = at('compose.offline.yaml');
export const EXAMPLE = at('.env.example');
export const FILES = [BASE, OBSERVABILITY, METRICS, OFFLINE] as const;

/** Variables without which compose refuses to start. */
export const REQUIRED = [
  ...new Set(
    FILES.flatMap((file) =>
      [...referencedVariables(readFileSync(file, 'utf8'))].filter(([, { required }]) => required).map(([name]) => name),
    ),
  ),
];

/** What `.env.example` names, with the value it shows. */
export function exampleVariables(): Map<string, string> {
  const lines = readFileSync(EXAMPLE, 'utf8').matchAll(/^#?(MIRANTE_[A-Z0-9_]+)=(.*)$/gm);
  return new Map([...lines].map(([, name, value]) => [name!, value!]));
}

/** `.env.example` filled in: each secret is its own name, so that a test sees where it goes. */
export function filledExample(): Record<string, string> {
  return Object.fromEntries(REQUIRED.map((name) => [name, `${name.toLowerCase()}-value-of-some-length`]));
}
