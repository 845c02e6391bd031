import type { ts as TypeScript } from 'ts-morph';

type Ts = typeof TypeScript;

/** A program of these sources alone: no library and no imports, so that only what they declare themselves has a symbol. */
export function isolatedProgram(ts: Ts, texts: ReadonlyMap<string, string>): TypeScript.Program {
  const options: TypeScript.CompilerOptions = {
    noLib: true,
    noResolve: true,
    allowJs: true,
    checkJs: true,
    target: ts.ScriptTarget.Latest,
    module: ts.ModuleKind.ESNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    types: [],
  };
  const host: TypeScript.CompilerHost = {
    getSourceFile: (name, target) => {
      const text = texts.get(name);
      return text === undefined ? undefined : ts.createSourceFile(name, text, target, true);
    },
    getDefaultLibFileName: () => '',
    writeFile: () => undefined,
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => texts.has(name),
    readFile: (name) => texts.get(name),
  };
  return ts.createProgram([...texts.keys()], options, host);
}

/** 1-based, as in locations. */
export function positionOf(source: TypeScript.SourceFile, offset: number): { line: number; column: number } {
  const { line, character } = source.getLineAndCharacterOfPosition(offset);
  return { line: line + 1, column: character + 1 };
}
