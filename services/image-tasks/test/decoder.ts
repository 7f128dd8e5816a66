import type { DecoderProgram } from '../src/images/decoder-process.js';

/** The decoder as it stands in the sources. */
export const decoderProgram: DecoderProgram = {
  entry: new URL('../src/images/decoder-main.ts', import.meta.url),
  execArgv: ['--conditions=source', '--import', new URL('typescript-loader.mjs', import.meta.url).href],
};
