import { hash } from 'node:crypto';

/** The first `length` hexadecimal digits (default 8, at most 64) of the SHA-256 of the text as UTF-8. */
export function hashText(text: string, length = 8): string {
  return hash('sha256', text).slice(0, length);
}
