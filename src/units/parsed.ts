/**
 * What a parser of this room returns: a value, or what is wrong. `problem` is a clause that follows the quoted text
 * (`"8GB" has the unknown suffix "GB"`); `hint` is a whole sentence that says what to write, when that is known.
 */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string; readonly hint?: string | undefined };

export function good<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function bad(problem: string, hint?: string): Parsed<never> {
  return hint === undefined ? { ok: false, problem } : { ok: false, problem, hint };
}

/** Text in double quotes for messages: control characters are escaped, and at most 60 characters are shown. */
export function quoted(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return JSON.stringify(shown);
}
