import { ts } from 'ts-morph';
import { positionOf } from './program.ts';
import { type Family, globalReads, moduleReads } from './reads.ts';

/** A read that can be seen in a source, by its place in it. */
export interface SourceRead {
  readonly family: Family;
  readonly call: string;
  readonly line: number;
  readonly column: number;
}

/** Paths through modules that lead to globals or to another module. `module:` marks the root of a built-in module. */
const aliases: readonly (readonly [from: string, to: string])[] = [
  ['module:process', 'process'],
  ['module:perf_hooks.performance', 'performance'],
  ['module:crypto.webcrypto', 'crypto'],
  ['module:dns/promises', 'module:dns.promises'],
];

/**
 * Finds reads of clock, randomness, environment, network, subprocess and machine in one source. It is syntactic:
 * names are followed through imports, `const` and destructuring in the file, never by type or value.
 */
export function findSourceReads(source: ts.SourceFile, checker: ts.TypeChecker): readonly SourceRead[] {
  const reads: SourceRead[] = [];
  const paths = new Paths(checker);
  const add = (family: Family, call: string, node: ts.Node) => {
    reads.push({ family, call, ...positionOf(source, node.getStart(source)) });
  };

  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isTypeOfExpression(node) && paths.of(node.expression) !== undefined) return;
    if (ts.isNewExpression(node) && isEmptyDate(node, paths)) add('clock', 'new Date()', node);
    if (ts.isCallExpression(node) && paths.of(node.expression) === 'Date') add('clock', 'Date()', node);
    if (isReference(node)) {
      visitReference(node);
      return;
    }
    visitChildren(node);
  };
  const visitReference = (node: Reference): void => {
    const path = paths.of(node);
    const read = path === undefined ? undefined : readAt(path);
    if (read !== undefined) add(read.family, read.call, node);
    else if (ts.isPropertyAccessExpression(node)) visit(node.expression);
    else if (ts.isElementAccessExpression(node)) visitChildren(node);
  };
  const visitChildren = (node: ts.Node): void => {
    ts.forEachChild(node, (child) => {
      if (!isMereName(node, child)) visit(child);
    });
  };
  visit(source);
  return reads;
}

type Reference = ts.Identifier | ts.PropertyAccessExpression | ts.ElementAccessExpression;

function isReference(node: ts.Node): node is Reference {
  return ts.isIdentifier(node) || ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
}

/** Names that refer to no variable: of declarations, properties and labels. */
function isMereName(parent: ts.Node, child: ts.Node): boolean {
  if (!ts.isIdentifier(child)) return false;
  if (ts.isBindingElement(parent)) return child === parent.propertyName || child === parent.name;
  if (ts.isLabeledStatement(parent)) return child === parent.label;
  if (ts.isBreakOrContinueStatement(parent) || ts.isMetaProperty(parent)) return true;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  return 'name' in parent && parent.name === child;
}

function isEmptyDate(node: ts.NewExpression, paths: Paths): boolean {
  return (node.arguments?.length ?? 0) === 0 && paths.of(node.expression) === 'Date';
}

function readAt(path: string): { readonly family: Family; readonly call: string } | undefined {
  if (path === 'process.env' || path.startsWith('process.env.')) return { family: 'environment', call: path };
  const family = globalReads[path];
  if (family !== undefined) return { family, call: `${path}()` };
  const [, module, rest] = /^module:([^.]+)\.(.+)$/.exec(path) ?? [];
  const found = module === undefined ? undefined : moduleReads[module]?.[rest as string];
  return found === undefined ? undefined : { family: found, call: `${module}.${rest}()` };
}

/** Resolves expressions to the dotted path of a global (`Date.now`) or of a built-in module (`module:os.cpus`). */
class Paths {
  readonly #checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  of(node: ts.Expression | ts.Identifier, depth = 0): string | undefined {
    if (depth > 20) return undefined;
    if (ts.isIdentifier(node)) return this.#ofIdentifier(node, depth + 1);
    if (ts.isPropertyAccessExpression(node)) return join(this.of(node.expression, depth + 1), node.name.text);
    if (ts.isElementAccessExpression(node)) {
      const key = node.argumentExpression;
      return ts.isStringLiteralLike(key) ? join(this.of(node.expression, depth + 1), key.text) : undefined;
    }
    if (ts.isAwaitExpression(node) || ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node)) {
      return this.of(node.expression, depth + 1);
    }
    if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return this.of(node.expression, depth + 1);
    return ts.isCallExpression(node) ? this.#ofModuleCall(node, depth) : undefined;
  }

  /** `require('os')`, `import('os')` and `process.getBuiltinModule('os')`. */
  #ofModuleCall(node: ts.CallExpression, depth: number): string | undefined {
    const [name] = node.arguments;
    if (name === undefined || !ts.isStringLiteralLike(name)) return undefined;
    if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return moduleRoot(name.text);
    const callee = this.of(node.expression, depth + 1);
    return callee === 'require' || callee === 'process.getBuiltinModule' ? moduleRoot(name.text) : undefined;
  }

  #ofIdentifier(node: ts.Identifier, depth: number): string | undefined {
    const symbol =
      ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node
        ? this.#checker.getShorthandAssignmentValueSymbol(node.parent)
        : this.#checker.getSymbolAtLocation(node);
    const declaration = symbol?.declarations?.[0];
    if (declaration === undefined) return node.text; // nothing in the file declares it: a global
    return this.#ofDeclaration(declaration, depth);
  }

  #ofDeclaration(node: ts.Declaration, depth: number): string | undefined {
    if (ts.isImportSpecifier(node)) {
      const name = (node.propertyName ?? node.name).text;
      return join(moduleOf(node.parent.parent.parent), name);
    }
    if (ts.isNamespaceImport(node)) return moduleOf(node.parent.parent);
    if (ts.isImportClause(node)) return moduleOf(node.parent);
    if (ts.isVariableDeclaration(node)) {
      return isConst(node) && node.initializer !== undefined ? this.of(node.initializer, depth) : undefined;
    }
    if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) return this.#ofBinding(node, depth);
    return undefined;
  }

  /** `const { env } = process`. */
  #ofBinding(node: ts.BindingElement, depth: number): string | undefined {
    const name = node.propertyName ?? node.name;
    const holder = node.parent.parent;
    if (node.dotDotDotToken !== undefined || !ts.isIdentifier(name)) return undefined;
    if (ts.isBindingElement(holder)) return join(this.#ofBinding(holder, depth), name.text);
    if (!ts.isVariableDeclaration(holder) || !isConst(holder) || holder.initializer === undefined) return undefined;
    return join(this.of(holder.initializer, depth), name.text);
  }
}

function moduleOf(node: ts.ImportDeclaration | ts.JSDocImportTag): string | undefined {
  return ts.isStringLiteral(node.moduleSpecifier) ? moduleRoot(node.moduleSpecifier.text) : undefined;
}

function moduleRoot(specifier: string): string | undefined {
  const name = specifier.replace(/^node:/, '');
  return normalize(`module:${name}`);
}

function join(holder: string | undefined, name: string): string | undefined {
  if (holder === undefined) return undefined;
  if (holder === 'globalThis' || holder === 'global') return name;
  // The default export of a built-in module is the module.
  return name === 'default' && holder.startsWith('module:') ? holder : normalize(`${holder}.${name}`);
}

function normalize(path: string): string {
  for (const [from, to] of aliases) {
    if (path === from || path.startsWith(`${from}.`)) return to + path.slice(from.length);
  }
  return path;
}

function isConst(node: ts.VariableDeclaration): boolean {
  return (ts.getCombinedNodeFlags(node) & ts.NodeFlags.Const) !== 0;
}
