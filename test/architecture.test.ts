import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const MAX_LINES = 400;

interface Import {
  readonly from: string;
  /** Path below src/ for our own files, else the name of the package (`node:fs`, `zod`). */
  readonly to: string;
  readonly own: boolean;
  /** Nothing of it is there at run time. */
  readonly typeOnly: boolean;
}
interface SourceFile {
  /** Path below src/, with `/`. */
  readonly file: string;
  readonly lines: number;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(path.sep).join('/'))
  .sort()
  .map(readSource);
const imports = files.flatMap((source) => source.imports);

function readSource(file: string): SourceFile {
  const text = readFileSync(path.join(root, 'src', file), 'utf8');
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return { file, lines: text.trimEnd().split('\n').length, tree, imports: importsOf(file, tree) };
}

function importsOf(file: string, tree: ts.SourceFile): Import[] {
  const found: Import[] = [];
  visit(tree, (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    const own = specifier.startsWith('.');
    const to = own ? path.posix.join(path.posix.dirname(file), specifier) : packageOf(specifier);
    found.push({ from: file, to, own, typeOnly: isTypeOnly(node) });
  });
  return found;
}

function visit(node: ts.Node, each: (node: ts.Node) => void): void {
  each(node);
  ts.forEachChild(node, (child) => visit(child, each));
}

/** Of `import … from`, `export … from`, `import(…)` and the type `import('…').X`. */
function specifierOf(node: ts.Node): string | undefined {
  let specifier: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) specifier = node.moduleSpecifier;
  else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) specifier = node.argument.literal;
  else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    specifier = node.arguments[0];
  return specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier.text : undefined;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportTypeNode(node)) return true;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  if (!ts.isImportDeclaration(node) || node.importClause === undefined) return false;
  const { importClause } = node;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { namedBindings } = importClause;
  if (importClause.name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly);
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}

/** `units/cron.ts` is in the room `units`; a file in src/ itself is a room of its own. */
function roomOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : file;
}

/** The table of ARCHITECTURE.md: room → rooms that it may import, with what those may. `undefined`: everything. */
function readMap(): Map<string, ReadonlySet<string> | undefined> {
  const text = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([\w.]+)` \|.*\| ([^|]+) \|$/gm)].map(
    (match) => [match[1]!, match[2]!] as const,
  );
  const direct = new Map(rows.map(([room, cell]) => [room, cell === 'everything' ? undefined : wordsOf(cell)]));
  const closed = new Map<string, ReadonlySet<string> | undefined>();
  for (const [room, allowed] of direct) closed.set(room, allowed && closure(allowed, direct));
  return closed;
}

function wordsOf(cell: string): string[] {
  return cell
    .replace(/\(.*?\)|and what they import|nothing/g, '')
    .split(/,|\band\b/)
    .map((word) => word.replace(/`/g, '').trim())
    .filter((word) => word !== '');
}

function closure(rooms: readonly string[], direct: ReadonlyMap<string, readonly string[] | undefined>): Set<string> {
  const all = new Set(rooms);
  for (const room of all) for (const next of direct.get(room) ?? []) all.add(next);
  return all;
}

describe('rooms', () => {
  const map = readMap();

  test('the table has every room, and no other', () => {
    const rooms = new Set(files.map(({ file }) => roomOf(file)));
    // Files in src/ itself put the rooms together; only those that are in the table are bound by it.
    expect([...rooms].filter((room) => !room.endsWith('.ts') && !map.has(room))).toEqual([]);
    expect(map.get('passes')).toEqual(new Set(['ir', 'diagnostics', 'units']));
    expect(map.get('units')).toEqual(new Set());
    expect(map.has('cli') && map.get('cli') === undefined).toBe(true);
    for (const allowed of map.values()) for (const room of allowed ?? []) expect(map.has(room), room).toBe(true);
  });

  test('import only what the table allows', () => {
    const forbidden = imports.filter(({ from, to, own }) => {
      const [room, target] = [roomOf(from), roomOf(to)];
      return own && room !== target && map.has(room) && map.get(room)?.has(target) === false;
    });
    expect(forbidden.map(show)).toEqual([]);
  });

  test('the two targets do not know each other', () => {
    const crossing = imports.filter(
      ({ from, to }) =>
        (from.startsWith('targets/argo/') && to.startsWith('targets/jobs/')) ||
        (from.startsWith('targets/jobs/') && to.startsWith('targets/argo/')),
    );
    expect(crossing.map(show)).toEqual([]);
  });

  test('no file imports itself through others, types aside', () => {
    expect(importCycles()).toEqual([]);
  });
});

/** Where each third party may be imported: a room, or a file without `.ts`, or a folder. */
const fences: { readonly [name: string]: readonly string[] } = {
  cdk8s: ['constructs', 'load'],
  constructs: ['constructs', 'load'],
  'ts-morph': ['load'],
  yaml: ['emit', 'validate', 'cli', 'cluster/kubeconfig-file'],
  zod: ['ir/schema', 'constructs/items'],
  commander: ['cli'],
};

describe('third parties', () => {
  test.each(Object.entries(fences))('%s', (name, places) => {
    const inside = (file: string) => places.some((place) => file === `${place}.ts` || file.startsWith(`${place}/`));
    // Types are not there at run time: they cost nothing to load.
    const outside = imports.filter(({ from, to, own, typeOnly }) => !own && !typeOnly && to === name && !inside(from));
    expect(outside.map(show)).toEqual([]);
  });

  test('are dependencies of the package, in every room', () => {
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const known = { ...manifest['dependencies'], ...manifest['peerDependencies'] };
    const unknown = imports.filter(
      ({ to, own, typeOnly }) => !own && !typeOnly && !to.startsWith('node:') && !(to in known),
    );
    expect(unknown.map(show)).toEqual([]);
  });
});

describe('files', () => {
  test(`have at most ${MAX_LINES} lines`, () => {
    const long = files.filter(({ file, lines }) => lines > MAX_LINES && !file.includes('/generated/'));
    expect(long.map(({ file, lines }) => `${file}: ${lines}`)).toEqual([]);
  });

  test('have kebab-case names', () => {
    expect(
      files
        .map(({ file }) => file)
        .filter((file) => !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*(?:\.d)?\.ts$/.test(file)),
    ).toEqual([]);
  });

  test('leave the console and the process to the cli', () => {
    const allowed = new Set(['cli', 'runner']);
    const uses = files.flatMap(({ file, tree }) => {
      // The tripwire of `load` stands in for them.
      if (allowed.has(roomOf(file)) || roomOf(file) === 'load') return [];
      const found: string[] = [];
      visit(tree, (node) => {
        if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return;
        const object = node.expression.text;
        const isProcess = object === 'process' && (node.name.text === 'exit' || node.name.text === 'env');
        if (object === 'console' || isProcess) found.push(`${file}: ${object}.${node.name.text}`);
      });
      return found;
    });
    expect(uses).toEqual([]);
  });

  test('have no default export', () => {
    const withDefault = files.filter(
      ({ file, tree }) => tree.statements.some(ts.isExportAssignment) && !file.includes('/generated/'),
    );
    expect(withDefault.map(({ file }) => file)).toEqual([]);
  });
});

function show({ from, to }: Import): string {
  return `${from} imports ${to}`;
}

/** Each cycle of imports that remain at run time, by depth-first search. */
function importCycles(): string[] {
  const targets = new Map(
    files.map(({ file, imports: own }) => [file, own.filter((each) => each.own && !each.typeOnly).map(({ to }) => to)]),
  );
  const done = new Set<string>();
  const path: string[] = [];
  const cycles: string[] = [];
  function walk(file: string): void {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file) || path.includes(file)) return;
    path.push(file);
    for (const next of targets.get(file) ?? []) walk(next);
    path.pop();
    done.add(file);
  }
  for (const { file } of files) walk(file);
  return cycles;
}
