import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LIBS = ['kernel', 'config', 'observability'];

export interface CompiledLibs {
  /** Folder in which a program may import `#libs/observability`. */
  dir: string;
  remove(): void;
}

/** Compiles the libraries, and more folders of the repository, to JavaScript, for tests that need a real process of their own. */
export function compileLibs(more: readonly string[] = []): CompiledLibs {
  const dir = join(ROOT, '.mirante', `compiled-libs-${process.pid}`);
  for (const folder of more) compileFolder(folder, dir);
  for (const lib of LIBS) compileFolder(join('libs', lib, 'src'), dir);
  const imports = { '#libs/*': './libs/*/src/index.js' };
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ type: 'module', imports }));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

function compileFolder(folder: string, target: string): void {
  for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('spec.ts')) continue;
    const output = join(target, folder, name.replace(/\.ts$/, '.js'));
    const { outputText } = ts.transpileModule(readFileSync(join(ROOT, folder, name), 'utf8'), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
    });
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, outputText);
  }
}
