import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import { ASSETS, type AssetName } from './pages.routes.js';

const PUBLIC_DIR = publicDirAbove(dirname(fileURLToPath(import.meta.url)));

const OTHERS = ['visits.js'] as const;

type FileName = (typeof OTHERS)[number] | AssetName;

/** The files of the pages, read once at start: a missing one stops the start, not a visitor. */
@Injectable()
export class PublicFiles {
  private readonly files = new Map<FileName, Buffer>(
    ([...OTHERS, ...(Object.keys(ASSETS) as AssetName[])] as FileName[]).map((name) => [
      name,
      readFileSync(join(PUBLIC_DIR, name)),
    ]),
  );

  read(name: FileName): Buffer {
    return this.files.get(name)!;
  }
}

/** The files are not compiled, so they stay in the source tree, whether this runs from there or from dist. */
function publicDirAbove(dir: string): string {
  const candidate = join(dir, 'services/gateway/public');
  if (existsSync(candidate)) return candidate;
  if (dir === dirname(dir)) throw new Error('services/gateway/public is missing');
  return publicDirAbove(dirname(dir));
}
