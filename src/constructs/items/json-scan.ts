/** Where JSON text is wrong, or where the elements of its list begin: JSON.parse says neither. Offsets in UTF-16 units. */
export interface JsonScan {
  readonly error?: { readonly offset: number; readonly problem: string };
  /** Offsets of the elements, when the text is a list. */
  readonly elements: readonly number[];
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\0-\x1f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/y;
const ATOM = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Scans with a stack of its own, so that deep nesting is no danger. */
export function scanJson(text: string): JsonScan {
  const elements: number[] = [];
  const open: ('[' | '{')[] = [];
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const fail = (expected: string): JsonScan => ({
    elements,
    error: { offset: at, problem: found(text, at, expected) },
  });
  for (;;) {
    skip(SPACE);
    if (open.length === 1 && open[0] === '[') elements.push(at);
    const character = text[at];
    if (character === '[' || character === '{') {
      at++;
      skip(SPACE);
      open.push(character);
      if (text[at] !== (character === '[' ? ']' : '}')) {
        if (character === '{' && !skipKey(skip)) return fail('a key in double quotes and ":"');
        continue;
      }
      at++;
      open.pop();
    } else if (!skip(STRING) && !skip(ATOM)) return fail('a value');
    for (skip(SPACE); open.length > 0 && text[at] === (open.at(-1) === '[' ? ']' : '}'); skip(SPACE)) {
      at++;
      open.pop();
    }
    if (open.length === 0) return at === text.length ? { elements } : fail('the end of the file');
    if (text[at] !== ',') return fail(open.at(-1) === '[' ? '"," or "]"' : '"," or "}"');
    at++;
    if (open.at(-1) === '{' && !skipKey(skip)) return fail('a key in double quotes and ":"');
  }
}

function skipKey(skip: (pattern: RegExp) => boolean): boolean {
  skip(SPACE);
  return skip(STRING) && skip(SPACE) && skip(/:/y);
}

function found(text: string, at: number, expected: string): string {
  const character = text.codePointAt(at);
  const what = character === undefined ? 'the end of the file' : JSON.stringify(String.fromCodePoint(character));
  return `expected ${expected}, found ${what}`;
}

/** Line and column, from 1. */
export function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', start)) {
    line++;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}
