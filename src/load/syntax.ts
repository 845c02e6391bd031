import { readFile } from 'node:fs/promises';
import type { ts as TypeScript } from 'ts-morph';
import type { SourceLocation } from '../diagnostics/location.ts';
import { isolatedProgram, positionOf } from './program.ts';

/** "Cannot redeclare block-scoped variable" and "Duplicate identifier": syntax errors to the engine. */
const redeclarations = new Set([2451, 2300]);

/** Finds the syntax error in one of these files. V8 does not say where it is when it compiles a module. */
export async function locateSyntaxError(files: readonly string[]): Promise<SourceLocation | undefined> {
  const { ts } = await import('ts-morph');
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const program = isolatedProgram(ts, new Map([[file, text]]));
    const source = program.getSourceFile(file);
    if (source === undefined) continue;
    const error = program.getSyntacticDiagnostics(source)[0] ?? redeclarationIn(program, source);
    if (error?.start !== undefined) return { file, ...positionOf(source, error.start) };
  }
  return undefined;
}

/** TypeScript reports each declaration of the name; the engine rejects the second one. */
function redeclarationIn(program: TypeScript.Program, source: TypeScript.SourceFile) {
  const all = program.getSemanticDiagnostics(source).filter(({ code }) => redeclarations.has(code));
  return all.find((error) => error !== all[0] && error.messageText === all[0]?.messageText) ?? all[0];
}

/** The first `await` outside of functions in this file. */
export async function locateTopLevelAwait(file: string): Promise<SourceLocation | undefined> {
  const { ts } = await import('ts-morph');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const find = (node: TypeScript.Node): TypeScript.Node | undefined => {
    if (ts.isAwaitExpression(node)) return node;
    return ts.isFunctionLike(node) ? undefined : ts.forEachChild(node, find);
  };
  const found = find(source);
  return found === undefined ? undefined : { file, ...positionOf(source, found.getStart()) };
}
