import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Document, isMap, LineCounter, type Node, parseAllDocuments, Scalar, visit } from 'yaml';
import type { Collector } from '../../diagnostics/collector.ts';
import type { SourceLocation } from '../../diagnostics/location.ts';
import { isOnePlaceholder, parseTemplateText } from '../../runner/items/placeholder.ts';
import { Template, TemplateText, type TemplateTree } from '../../runner/items/template.ts';
import { kubernetesYaml } from '../../validate/kubernetes-yaml.ts';
import { type Locate, locator } from './locate.ts';
import { unreadable } from './unreadable.ts';

/** The manifest of a pod with placeholders. */
export interface PodTemplate {
  readonly tree: TemplateTree;
  readonly template: Template;
  /** `metadata.name`, when it has a placeholder. */
  readonly nameText: TemplateText | undefined;
  /** What the names of all pods begin with, where the template gives them none of their own. */
  readonly prefix: string;
  readonly namespace: string | undefined;
  /** Whose log is kept. */
  readonly container: string;
  readonly at: Locate;
}

type Tree = { readonly [key: string]: TemplateTree };

/** Reads a template. What is wrong with it is reported, all at once; undefined: nothing can be done with it. */
export function readTemplate(word: string, cwd: string, diagnostics: Collector): PodTemplate | undefined {
  const file = resolve(cwd, word);
  const reason = unreadable(file);
  if (reason !== undefined) {
    diagnostics.report('PL490', { what: 'the template', file: word, reason }, { subject: word });
    return undefined;
  }
  const text = readFileSync(file, 'utf8');
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { ...kubernetesYaml, lineCounter: lines });
  const whereIs = (offset: number): SourceLocation => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const wrong = (problem: string, offset: number, help?: string): undefined => {
    diagnostics.report('PL491', { problem, ...(help !== undefined && { help }) }, { location: whereIs(offset) });
    return undefined;
  };
  const full = [...documents].filter(({ contents }) => contents !== null);
  for (const { errors } of full) {
    const [error] = errors;
    if (error === undefined) continue;
    const [line = ''] = error.message.split('\n', 1);
    return wrong(`is no YAML: ${line.replace(/ at line \d+, column \d+:?$/, '')}`, error.pos[0], QUOTES);
  }
  const [document, second] = full;
  if (document === undefined) return wrong('is empty', 0);
  if (second !== undefined) return wrong('has several documents', second.range[0]);
  if (!isMap(document.contents)) return wrong('is no object', document.contents?.range?.[0] ?? 0);
  return podOf(document, text, whereIs, word, diagnostics);
}

const QUOTES = 'Texts with placeholders stand in quotes: "shard-{{.Item}}".';

function podOf(
  document: Document.Parsed,
  text: string,
  whereIs: (offset: number) => SourceLocation,
  word: string,
  diagnostics: Collector,
): PodTemplate | undefined {
  markTexts(document, text, whereIs, diagnostics);
  const tree = document.toJS() as Tree;
  const at = locator(document, whereIs);
  const template = new Template(tree);
  for (const { source, problem, location } of template.bad) {
    diagnostics.report('PL492', { source, problem }, { location });
  }
  if (tree['kind'] !== 'Pod' || tree['apiVersion'] !== 'v1') {
    const what = `${shownKind(tree['apiVersion'])} ${shownKind(tree['kind'])}`;
    diagnostics.report('PL491', { problem: `is ${what}, and no Pod of v1` }, { location: at(['kind']) });
    return undefined;
  }
  const metadata = mapAt(tree, 'metadata');
  const container = containerOf(tree, metadata);
  const location = at(['spec', 'containers', 0, 'name']);
  if (container === undefined) {
    diagnostics.report('PL491', { problem: 'has no container with a name' }, { location });
    return undefined;
  }
  const restartPolicy = mapAt(tree, 'spec')['restartPolicy'];
  if (restartPolicy === 'Always') {
    const help = 'Leave `restartPolicy` out, or write `Never`, or `OnFailure` to try again inside the pod.';
    const problem = 'has `restartPolicy: Always`: its pods would never end';
    diagnostics.report('PL491', { problem, help }, { location: at(['spec', 'restartPolicy']) });
  }
  const namespace = fixedText(metadata['namespace'], 'the namespace', 'Give it with --namespace.', diagnostics);
  const main = fixedText(container, 'the name of the container whose log is kept', 'Write a name.', diagnostics);
  const { name } = metadata;
  return {
    tree,
    template,
    nameText: name instanceof TemplateText && !isLiteral(name) ? name : undefined,
    prefix: prefixOf(metadata) ?? basename(word).replace(/\.[^.]*$/, ''),
    namespace,
    container: main ?? '',
    at,
  };
}

/** What the name begins with, before any placeholder. */
function prefixOf({ name, generateName }: Tree): string | undefined {
  const text = name instanceof TemplateText ? name.text.replace(/\{\{.*$/s, '') : (name ?? generateName);
  return typeof text === 'string' && /[a-z0-9]/i.test(text) ? text : undefined;
}

/** Puts a TemplateText wherever a text has braces, and reports those where none can be. */
function markTexts(
  document: Document.Parsed,
  text: string,
  whereIs: (offset: number) => SourceLocation,
  diagnostics: Collector,
): void {
  const offsetOf = (node: Node): number => node.range?.[0] ?? 0;
  const replaced = (node: Node, source: string, typed: boolean): Scalar => {
    const scalar = new Scalar(new TemplateText(source, whereIs(offsetOf(node)), typed));
    scalar.range = node.range ?? null;
    if ('anchor' in node && typeof node.anchor === 'string') scalar.anchor = node.anchor;
    return scalar;
  };
  visit(document, {
    Map(key, node) {
      const [start = 0, end = 0] = node.range ?? [];
      const source = text.slice(start, end);
      if (!node.flow || !source.startsWith('{{')) return undefined;
      if (key !== 'key' && isOnePlaceholder(parseTemplateText(source))) return replaced(node, source, true);
      const where = source.split('\n', 1)[0] as string;
      const problem = 'stands there without quotes, where it is a map of YAML';
      diagnostics.report('PL493', { where, problem, help: QUOTES }, { location: whereIs(start) });
      return replaced(node, '', false);
    },
    Scalar(key, node) {
      if (typeof node.value !== 'string' || !node.value.includes('{{')) return undefined;
      if (key !== 'key') return replaced(node, node.value, false);
      const where = `the key ${JSON.stringify(node.value)}`;
      const help = 'Put placeholders into values only.';
      diagnostics.report('PL493', { where, problem: 'has a placeholder', help }, { location: whereIs(offsetOf(node)) });
      return undefined;
    },
  });
}

/** A text that is the same for all items; reported when it is not. */
function fixedText(value: TemplateTree | undefined, where: string, help: string, diagnostics: Collector) {
  if (typeof value === 'string') return value;
  if (!(value instanceof TemplateText)) return undefined;
  diagnostics.report('PL493', { where, problem: 'has a placeholder', help }, { location: value.location });
  return undefined;
}

/** As `kubectl logs` chooses it: the one of the annotation, else the first. */
function containerOf(tree: Tree, metadata: Tree): TemplateTree | undefined {
  const chosen = mapAt(metadata, 'annotations')['kubectl.kubernetes.io/default-container'];
  if (chosen !== undefined) return chosen;
  const { containers } = mapAt(tree, 'spec');
  const first = Array.isArray(containers) ? (containers as readonly TemplateTree[])[0] : undefined;
  return typeof first === 'object' && first !== null ? (first as Tree)['name'] : undefined;
}

function mapAt(tree: Tree, key: string): Tree {
  const value = tree[key];
  const isTree =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof TemplateText);
  return isTree ? (value as Tree) : {};
}

function isLiteral({ text }: TemplateText): boolean {
  return parseTemplateText(text).parts.every((part) => typeof part === 'string');
}

function shownKind(value: TemplateTree | undefined): string {
  return typeof value === 'string' ? value : 'something';
}
