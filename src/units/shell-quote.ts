/** Characters that no POSIX shell treats specially anywhere in a word, also not in an assignment. */
const PLAIN = /^[A-Za-z0-9_./:=@%+,-]+$/;

/**
 * The text as one word of a POSIX shell, byte for byte: plain words as they are, everything else in single quotes.
 * It must not hold a NUL, which no shell can.
 */
export function shellQuote(text: string): string {
  if (PLAIN.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
