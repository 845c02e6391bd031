import { createHash } from 'node:crypto';

/** The first `length` hexadecimal digits (default 8, at most 64) of the SHA-256 of the text as UTF-8. */
export function hashText(text: string, length = 8): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, length);
}
