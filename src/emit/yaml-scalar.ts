/** Words that YAML 1.1 or 1.2 reads as something else than a string. Compared in lower case. */
const RESERVED = new Set(['null', 'true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n']);

/** Printable ASCII that starts with what no indicator, number or date starts with. Options (`--in`) are common and safe. */
const PLAIN = /^(?:[A-Za-z_/$(]|--?[A-Za-z])[ -~]*$/;
/** An exponent without a number before it: YAML 1.1 of the `yaml` package reads a float. */
const BARE_EXPONENT = /^-?[eE][-+]?[0-9]+$/;
/** Kubernetes quantities: no YAML version reads a number with such a suffix as a number. */
const QUANTITY = /^[0-9]+(?:\.[0-9]+)?(?:m|k|[KMGTP]i|[MGTP])$/;
/** `: ` and ` #` end a plain scalar; so do a last `:` or space. */
const BREAKS_PLAIN = /: | #|[: ]$/;

/** Control characters, line separators, byte order marks and what is no character: written as escapes. */
const HAZARD = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
const BLOCK_HAZARD = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

export function scalarText(value: string | number | boolean | null): string {
  switch (typeof value) {
    case 'string':
      return isPlain(value) ? value : quoted(value);
    case 'number':
      return numberText(value);
    default:
      return String(value);
  }
}

function isPlain(text: string): boolean {
  if (PLAIN.test(text)) {
    if (BREAKS_PLAIN.test(text) || BARE_EXPONENT.test(text)) return false;
    return !(text.length <= 5 && RESERVED.has(text.toLowerCase()));
  }
  return QUANTITY.test(text);
}

function quoted(text: string): string {
  if (/["\\]/.test(text) && /^[ -&(-~]*$/.test(text)) return `'${text}'`;
  // A JSON string is a double-quoted YAML scalar, but for the characters that JSON leaves as they are and YAML does not.
  return JSON.stringify(text).replace(
    HAZARD,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** YAML 1.1 wants a point in numbers that have an exponent. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} is not JSON`);
  const text = String(value === 0 ? 0 : value);
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text;
}

/** Several lines of text that a block literal carries without loss. */
export function canBeBlock(text: string): boolean {
  if (!text.includes('\n') || BLOCK_HAZARD.test(text) || !text.isWellFormed()) return false;
  // Blank first or last lines are read in different ways; such text is rare and is quoted.
  return !/^\s|\n[ \t]+\n*$/.test(text);
}

/** `|` and the lines, without the last line end. `indent` stands before each line that is not empty. */
export function blockLiteral(text: string, indent: string): string {
  const chomp = !text.endsWith('\n') ? '-' : text.endsWith('\n\n') ? '+' : '';
  const body = chomp === '-' ? text : text.slice(0, -1);
  return `|${chomp}\n${indent}${body.replace(/\n(?!\n|$)/g, `\n${indent}`)}`;
}
