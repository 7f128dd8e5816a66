import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/**
 * A file of `observability/signals/`, checked against its schema.
 *
 * @throws Error that names the file and every entry that is wrong
 */
export function readSignals<T>(root: string, file: string, schema: z.ZodType<T>): T {
  const path = join('observability/signals', file);
  const result = schema.safeParse(parse(readFileSync(join(root, path), 'utf8')));
  if (!result.success) throw new Error(`${path}: ${z.prettifyError(result.error)}`);
  return result.data;
}
