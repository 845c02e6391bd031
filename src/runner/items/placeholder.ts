/** What a placeholder of a template stands for. */
export type Placeholder =
  | { readonly kind: 'index' }
  | { readonly kind: 'item' }
  | { readonly kind: 'value'; readonly field: string };

/** A text of a template: what stands there, and what is put in. */
export type TextPart = string | Placeholder;

/** Something between `{{` and `}}` that is not understood. */
export interface BadPlaceholder {
  /** As written. */
  readonly source: string;
  readonly problem: string;
}

export interface ParsedText {
  readonly parts: readonly TextPart[];
  readonly bad: readonly BadPlaceholder[];
}

const STRING = '"(?:[^"\\\\\\n]|\\\\.)*"|`[^`]*`';
/** The few actions of Go's text/template that are known, with its marks that trim blanks (`{{-`, `-}}`). */
const ACTION = new RegExp(
  `\\{\\{(-\\s)?\\s*(?:(\\.Index)|(\\.Item)|\\.Values\\.([\\p{L}_][\\p{L}\\p{Nd}_]*)|index\\s+\\.Values\\s+(${STRING})|(${STRING}))\\s*?(\\s-)?\\}\\}`,
  'uy',
);

/** Parses a text of a template. A literal `{{` is written `{{"{{"}}`, as in Go. */
export function parseTemplateText(text: string): ParsedText {
  const parts: TextPart[] = [];
  const bad: BadPlaceholder[] = [];
  let at = 0;
  let trimsNext = false;
  const addText = (piece: string): void => {
    const literal = trimsNext ? piece.replace(/^[ \t\r\n]+/, '') : piece;
    if (literal !== '') parts.push(literal);
  };
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', at)) {
    ACTION.lastIndex = open;
    const match = ACTION.exec(text);
    const before = text.slice(at, open);
    addText(match?.[1] === undefined ? before : before.replace(/[ \t\r\n]+$/, ''));
    const part = match === null ? undefined : partOf(match);
    if (match === null || part === undefined) {
      const close = text.indexOf('}}', open);
      at = close < 0 ? text.length : close + 2;
      bad.push({ source: text.slice(open, at), problem: close < 0 ? 'is never closed' : 'is not understood' });
      continue;
    }
    if (part !== '') parts.push(part);
    at = open + match[0].length;
    trimsNext = match[7] !== undefined;
  }
  addText(text.slice(at));
  return { parts, bad };
}

/** Whether the text is one placeholder and nothing else, which without quotes in YAML stands for a value of any type. */
export function isOnePlaceholder({ parts, bad }: ParsedText): boolean {
  return bad.length === 0 && parts.length === 1 && typeof parts[0] === 'object';
}

function partOf([, , index, item, field, key, literal]: RegExpExecArray): TextPart | undefined {
  if (index !== undefined) return { kind: 'index' };
  if (item !== undefined) return { kind: 'item' };
  if (field !== undefined) return { kind: 'value', field };
  const text = unquote(key ?? literal ?? '');
  return key === undefined || text === undefined ? text : { kind: 'value', field: text };
}

/** A string of Go, in double quotes or backquotes. undefined: it has an escape that JSON does not have. */
function unquote(text: string): string | undefined {
  if (text.startsWith('`')) return text.slice(1, -1);
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
