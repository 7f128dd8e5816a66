import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';

/** What was built, for logs, metrics and the overview. */
export interface BuildInfo {
  name: string;
  version: string;
  /** Commit the build was made from; `unknown` outside a build that says so. */
  commit: string;
  /** When, as ISO 8601 in UTC; null outside a build that says so. */
  built_at: string | null;
}

function findUp(file: string, from: string): string | undefined {
  for (let dir = from; ; dir = dirname(dir)) {
    try {
      return readFileSync(join(dir, file), 'utf8');
    } catch {
      if (dir === dirname(dir)) return undefined;
    }
  }
}

/** Version from package.json, commit and time from `dist/build.json` if the build wrote one. */
export function readBuildInfo(): BuildInfo {
  const here = dirname(fileURLToPath(import.meta.url));
  const manifest = JSON.parse(findUp('package.json', here) ?? '{}') as { name?: string; version?: string };
  const build = JSON.parse(findUp('build.json', here) ?? '{}') as { commit?: string; built_at?: string };
  return {
    name: manifest.name ?? 'mirante',
    version: manifest.version ?? '0.0.0',
    commit: build.commit ?? 'unknown',
    built_at: build.built_at ?? null,
  };
}
