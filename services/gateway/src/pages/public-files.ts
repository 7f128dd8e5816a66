import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { ROOT_DIR } from '../build-info.js';
import { ASSETS, type AssetName } from './pages.routes.js';

type FileName = 'index.html' | AssetName;

/** The files of the pages, read once at start: a missing one stops the start, not a visitor. */
@Injectable()
export class PublicFiles {
  private readonly files = new Map<FileName, Buffer>(
    (['index.html', ...(Object.keys(ASSETS) as AssetName[])] as const).map((name) => [
      name,
      readFileSync(join(ROOT_DIR, 'services/gateway/public', name)),
    ]),
  );

  read(name: FileName): Buffer {
    return this.files.get(name)!;
  }
}
