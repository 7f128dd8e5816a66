import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { repoRoot } from '../repo.js';
import type { ServiceName } from './service-name.js';

const TEMPLATES = join(repoRoot, 'compose/native/templates');
const SUFFIX = '.tpl';

/** Puts the name into the text or path of a template. `epochMs` names the first migration. */
function fill(text: string, name: ServiceName, epochMs: number): string {
  return text
    .replaceAll('__name__', name.kebab)
    .replaceAll('__Name__', name.pascal)
    .replaceAll('__camel__', name.camel)
    .replaceAll('__CONST__', name.constant)
    .replaceAll('__epoch__', String(epochMs));
}

/** The files of a new service by their path from the root of the repository. */
export function serviceFiles(name: ServiceName, epochMs: number): Map<string, string> {
  const folder = join(TEMPLATES, 'service');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(SUFFIX))
    .map((entry) => join(entry.parentPath, entry.name));
  const rendered = new Map<string, string>();
  for (const file of files) {
    const path = join('services', name.kebab, relative(folder, file).slice(0, -SUFFIX.length));
    rendered.set(fill(path, name, epochMs), fill(readFileSync(file, 'utf8'), name, epochMs));
  }
  rendered.set(
    `libs/contracts/src/${name.kebab}.contract.ts`,
    fill(readFileSync(join(TEMPLATES, `contract.ts${SUFFIX}`), 'utf8'), name, epochMs),
  );
  return rendered;
}
