import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repoRoot } from '../../../compose/native/src/repo.js';
import type { DecoderProgram } from '../src/images/decoder-process.js';

/** The decoder as it was built. */
export const decoderProgram: DecoderProgram = {
  entry: pathToFileURL(join(repoRoot, 'dist/services/image-tasks/src/images/decoder-main.js')),
};
