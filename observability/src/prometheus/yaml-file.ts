import { stringify } from 'yaml';
import type { GeneratedFile } from '../generated-file.js';

/** A YAML file that says where it comes from. */
export function yamlFile(path: string, sources: readonly string[], value: unknown): GeneratedFile {
  const from = sources.map((source) => `observability/${source}`).join(', ');
  const text = stringify(value, { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false });
  return {
    path,
    text: `# Written by "npm run observability -- generate" from ${from}; changes here are lost.\n${text}`,
  };
}
