import type { Parsed } from './parsed.ts';

/**
 * The words of a command line, split as a POSIX shell does: blanks part them, `'…'` is plain, `"…"` knows `\"` and `\\`, a backslash
 * makes the next character plain. Nothing is expanded. What only a shell can do (pipes, variables, several commands) is a problem.
 */
export function splitCommand(text: string): Parsed<readonly string[]> {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "'" || character === '"') {
      const quoted = readQuoted(text, at + 1, character);
      if (quoted === undefined) return { ok: false, problem: `has a ${character} that is never closed` };
      word = (word ?? '') + quoted.text;
      at = quoted.end;
    } else if (character === '\\') {
      if (at + 1 === text.length) return { ok: false, problem: 'ends with a backslash' };
      word = (word ?? '') + (text[++at] as string);
    } else if (/[|&;<>()$`*?#~]/.test(character)) {
      const hint = 'No shell is started: write a script that does it, and name that.';
      return { ok: false, problem: `has a ${character}, which only a shell understands`, hint };
    } else word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return words.length === 0 ? { ok: false, problem: 'is empty' } : { ok: true, value: words };
}

/** `end`: where the closing quote is. */
function readQuoted(
  text: string,
  start: number,
  quote: string,
): { readonly text: string; readonly end: number } | undefined {
  let result = '';
  for (let at = start; at < text.length; at++) {
    const character = text[at] as string;
    if (character === quote) return { text: result, end: at };
    const isEscape = quote === '"' && character === '\\' && /["\\$`]/.test(text[at + 1] ?? '');
    result += isEscape ? (text[++at] as string) : character;
  }
  return undefined;
}
