import type { SourceLocation } from '../../diagnostics/location.ts';
import type { Json } from '../../ir/scalar.ts';
import { type BadPlaceholder, type Placeholder, parseTemplateText, type TextPart } from './placeholder.ts';
import { placeholderValue, type TemplateItem } from './template-item.ts';

/** A text of the YAML that may have placeholders, with its place. */
export class TemplateText {
  readonly text: string;
  readonly location: SourceLocation;
  /** It stood in the YAML without quotes, as a whole: `{{.Values.seconds}}` gives a number when the field is one. */
  readonly typed: boolean;

  constructor(text: string, location: SourceLocation, typed: boolean) {
    this.text = text;
    this.location = location;
    this.typed = typed;
  }
}

/** The parsed YAML: JSON in which texts with placeholders are `TemplateText`. */
export type TemplateTree = Json | TemplateText | readonly TemplateTree[] | { readonly [key: string]: TemplateTree };

type Path = readonly (string | number)[];
type Compiled = (item: TemplateItem) => Json;

/** A placeholder, and the text that it stands in. */
export interface PlaceholderUse {
  readonly placeholder: Placeholder;
  readonly text: TemplateText;
  readonly path: Path;
}

/**
 * An object of which each item gets its own. Values are put into texts of parsed YAML, so that no item can change anything but the
 * text that it stands in, and where the kubelet would expand `$(…)`, an item is what it is there too.
 */
export class Template {
  /** In the order of the YAML. */
  readonly uses: readonly PlaceholderUse[];
  readonly bad: readonly (BadPlaceholder & { readonly location: SourceLocation })[];
  readonly #render: Compiled;

  constructor(tree: TemplateTree) {
    const uses: PlaceholderUse[] = [];
    const bad: (BadPlaceholder & { location: SourceLocation })[] = [];
    this.#render = compile(tree, [], (text, path) => {
      const parsed = parseTemplateText(text.text);
      for (const part of parsed.parts) if (typeof part === 'object') uses.push({ placeholder: part, text, path });
      for (const each of parsed.bad) bad.push({ ...each, location: text.location });
      return parsed.parts;
    });
    this.uses = uses;
    this.bad = bad;
  }

  render(item: TemplateItem): Json {
    return this.#render(item);
  }
}

type Parse = (text: TemplateText, path: Path) => readonly TextPart[];

function compile(tree: TemplateTree, path: Path, parse: Parse): Compiled {
  if (tree instanceof TemplateText) return compileText(tree, path, parse);
  if (Array.isArray(tree)) {
    const elements = (tree as readonly TemplateTree[]).map((each, index) => compile(each, [...path, index], parse));
    return (item) => elements.map((each) => each(item));
  }
  if (typeof tree !== 'object' || tree === null) return () => tree as Json;
  const fields = Object.entries(tree as { readonly [key: string]: TemplateTree }).map(
    ([key, value]) => [key, compile(value, [...path, key], parse)] as const,
  );
  return (item) => Object.fromEntries(fields.map(([key, each]) => [key, each(item)]));
}

function compileText(text: TemplateText, path: Path, parse: Parse): Compiled {
  const parts = parse(text, path);
  const [first] = parts;
  if (isExpanded(path)) return (item) => joinExpanded(parts, item);
  if (text.typed && parts.length === 1 && typeof first === 'object')
    return (item) => placeholderValue(first, item) ?? '';
  return (item) => joinPlain(parts, item);
}

function joinPlain(parts: readonly TextPart[], item: TemplateItem): string {
  return parts.map((part) => (typeof part === 'string' ? part : String(placeholderValue(part, item) ?? ''))).join('');
}

/**
 * For the kubelet, `$$` is a dollar and `$(NAME)` a variable (third_party/forked/golang/expansion, v1.36). Dollars of items are
 * doubled, and so is a single one before an item, which the item could make a reference of.
 */
function joinExpanded(parts: readonly TextPart[], item: TemplateItem): string {
  let text = '';
  for (const part of parts) {
    const piece = typeof part === 'string' ? part : String(placeholderValue(part, item) ?? '').replaceAll('$', '$$$$');
    if (typeof part === 'object' && endsWithSingleDollar(text)) text += '$';
    text += piece;
  }
  return text;
}

function endsWithSingleDollar(text: string): boolean {
  return (/\$*$/.exec(text) as RegExpExecArray)[0].length % 2 === 1;
}

const CONTAINER = '^spec\\.(?:containers|initContainers)\\.\\d+\\.';
const PROBES = '(?:liveness|readiness|startup)Probe\\.exec\\.command\\.\\d+';
const EXPANDED = new RegExp(
  `${CONTAINER}(?:(?:command|args)\\.\\d+|env\\.\\d+\\.value|volumeMounts\\.\\d+\\.subPathExpr|${PROBES})$`,
);

/** Whether the kubelet expands `$(…)` in this field of a pod. */
function isExpanded(path: Path): boolean {
  return EXPANDED.test(path.join('.'));
}
