// Compiles the kernel and writes it as a module, so that a clone runs without the compiler: node services/image-tasks/kernel/build.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** 64 KiB each: counters, the longest token carried over, one chunk of input and what the last load reads behind it. */
const PAGES = '9';
const OPTIONS = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--enable',
  'simd',
  '--use',
  'abort=',
  '--initialMemory',
  PAGES,
];

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The text of the generated module. */
export async function buildKernel() {
  let wasm;
  // The compiler wants the ending of TypeScript; with it, formatter and linter would want to read the file too.
  const files = new Map([['even-sum.ts', readFileSync(path('even-sum.as'), 'utf8')]]);
  const { error, stderr } = await asc.main(['even-sum.ts', '--outFile', 'even-sum.wasm', ...OPTIONS], {
    readFile: (name) => files.get(name) ?? null,
    writeFile: (name, contents) => {
      if (name === 'even-sum.wasm') wasm = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(stderr.toString(), { cause: error });
  return [
    '/** Generated from kernel/even-sum.as by kernel/build.mjs; a test compares. */',
    'export const KERNEL_BASE64 =',
    `  '${Buffer.from(wasm).toString('base64')}';`,
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(path('../src/sum-even/kernel.data.ts'), await buildKernel());
}
