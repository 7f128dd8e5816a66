import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './planted-tree.js';
import { packagesOf } from './source-files.js';

const libs = packagesOf('libs');
const indexOf = (lib: string) => join(ROOT, lib, 'src/index.ts');

/** The compiler's own options of the project, so that `#libs/<name>` resolves here as it does in the build. */
function compilerOptions(): ts.CompilerOptions {
  const path = join(ROOT, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, (name) => ts.sys.readFile(name)) as { config: { include: string[] } };
  return ts.parseJsonConfigFileContent({ ...config, include: [], files: libs.map(indexOf) }, ts.sys, ROOT).options;
}

/** `type Post = z.infer<typeof postSchema>` has nothing to add to what its schema says. */
function isInferred(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).every(
    (declaration) =>
      ts.isTypeAliasDeclaration(declaration) && /^z\.(infer|input|output)</.test(declaration.type.getText()),
  );
}

/** The help text of an instrument is its documentation, and the one operators see. */
function isInstrument(symbol: ts.Symbol): boolean {
  return /^\w+ = (counter|gauge|histogram)\(\{[\s\S]*\bhelp: /.test(symbol.valueDeclaration?.getText() ?? '');
}

function isDocumented(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return target.getDocumentationComment(checker).length > 0 || isInferred(target) || isInstrument(target);
}

describe('front doors of the libs', () => {
  let program: ts.Program;

  beforeAll(() => {
    program = ts.createProgram(libs.map(indexOf), compilerOptions());
  }, 60_000);

  it.each(libs)('should enter %s through src/index.ts', (lib) => {
    expect(existsSync(indexOf(lib))).toBe(true);
  });

  it.each(libs)('should name every export of %s', (lib) => {
    const statements = program.getSourceFile(indexOf(lib))?.statements ?? [];
    const unnamed = statements.filter(
      (statement) =>
        ts.isExportAssignment(statement) ||
        (ts.isExportDeclaration(statement) &&
          (statement.exportClause === undefined || ts.isNamespaceExport(statement.exportClause))),
    );

    expect(statements.length).toBeGreaterThan(0);
    expect(unnamed.map((statement) => statement.getText())).toEqual([]);
  });

  it.each(libs)('should document every export of %s', (lib) => {
    const checker = program.getTypeChecker();
    const file = program.getSourceFile(indexOf(lib));
    const module = file && checker.getSymbolAtLocation(file);
    const exported = module ? checker.getExportsOfModule(module) : [];
    const undocumented = exported.filter((symbol) => !isDocumented(symbol, checker)).map((symbol) => symbol.name);

    expect(exported.length).toBeGreaterThan(0);
    expect(undocumented).toEqual([]);
  });
});
