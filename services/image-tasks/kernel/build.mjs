// Compiles the kernel and writes it as a module: node services/image-tasks/kernel/build.mjs. Part of `npm run build`.
// The module is committed, so that tests and type check of a fresh clone need no build; a test compares it with the source.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

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
const SOURCE = path('even-sum.as');
const OUTPUT = path('../src/sum-even/kernel.data.ts');

/** The text of the generated module. */
export async function buildKernel() {
  const { default: asc } = await import('assemblyscript/asc');
  let wasm;
  // The compiler wants the ending of TypeScript; with it, formatter and linter would want to read the file too.
  const files = new Map([['even-sum.ts', readFileSync(SOURCE, 'utf8')]]);
  const { error, stderr } = await asc.main(['even-sum.ts', '--outFile', 'even-sum.wasm', ...OPTIONS], {
    readFile: (name) => files.get(name) ?? null,
    writeFile: (name, contents) => {
      if (name === 'even-sum.wasm') wasm = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(stderr.toString(), { cause: error });
  return [
    `/** Generated from kernel/even-sum.as by kernel/build.mjs; a test compares. Made of ${fingerprint()}. */`,
    'export const KERNEL_BASE64 =',
    `  '${Buffer.from(wasm).toString('base64')}';`,
    '',
  ].join('\n');
}

/** Changes with everything that the result depends on. */
function fingerprint() {
  const { version } = createRequire(import.meta.url)('assemblyscript/package.json');
  return createHash('sha256')
    .update(JSON.stringify([readFileSync(SOURCE, 'utf8'), OPTIONS, version]))
    .digest('hex')
    .slice(0, 16);
}

function isCurrent() {
  try {
    return readFileSync(OUTPUT, 'utf8').includes(` of ${fingerprint()}. */`);
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !isCurrent()) writeFileSync(OUTPUT, await buildKernel());
