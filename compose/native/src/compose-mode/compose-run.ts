import { rmSync } from 'node:fs';
import { readJson, writeJson } from '../stack/json-file.js';
import { paths } from '../stack/paths.js';

/** What `.mirante/compose.json` says: that the stack runs in containers, and how it was started. */
export interface ComposeRun {
  readonly project: string;
  readonly files: readonly string[];
  readonly profiles: readonly string[];
  readonly publicUrl: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

export function readComposeRun(): ComposeRun | undefined {
  return readJson<ComposeRun>(paths.composeRun);
}

export function writeComposeRun(run: ComposeRun): void {
  writeJson(paths.composeRun, run);
}

export function forgetComposeRun(): void {
  rmSync(paths.composeRun, { force: true });
}
